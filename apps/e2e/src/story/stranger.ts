import { randomUUID } from 'node:crypto'
import type { Answer, Api } from './api.js'
import type { Person } from './people.js'

export interface Belongings {
  readonly databaseId: string
  readonly orgId: string
  readonly userId: string
  readonly keyId: string
}

type Attempt = (ids: Belongings) => readonly [method: string, path: string, body?: { readonly json?: unknown; readonly text?: string }]

const rename = { json: { name: 'taken over' } }
const statement = { text: 'select 1 as one' }

/** What is asked by the id of a key: also to be refused under one's own user id. */
const keyAttempts: readonly Attempt[] = [
  ({ userId, keyId }) => ['GET', `/v2/users/${userId}/keys/${keyId}`],
  ({ userId, keyId }) => ['PUT', `/v2/users/${userId}/keys/${keyId}`, { json: { status: 'REVOKED' } }],
]

/** Everything that is asked by an id. */
const attempts: readonly Attempt[] = [
  ...keyAttempts,
  ({ databaseId }) => ['GET', `/v2/databases/${databaseId}`],
  ({ databaseId }) => ['PUT', `/v2/databases/${databaseId}`, rename],
  ({ databaseId }) => ['DELETE', `/v2/databases/${databaseId}`],
  ({ databaseId }) => ['POST', `/v2/databases/${databaseId}/query/sql`, statement],
  ({ databaseId }) => ['POST', `/v2/databases/${databaseId}/query/sql?plan=true`, statement],
  ({ databaseId }) => ['POST', `/databases/${databaseId}/sql`, statement],
  ({ orgId }) => ['GET', `/v2/orgs/${orgId}`],
  ({ orgId }) => ['PUT', `/v2/orgs/${orgId}`, rename],
  ({ orgId }) => ['GET', `/v2/orgs/${orgId}/keys`],
  ({ userId }) => ['GET', `/v2/users/${userId}`],
  ({ userId }) => ['PUT', `/v2/users/${userId}`, { json: { status: 'Deactivated' } }],
  ({ userId }) => ['POST', `/v2/users/${userId}/roles`, { json: { rolenames: ['viewer'] } }],
  ({ userId }) => ['GET', `/v2/users/${userId}/keys`],
  ({ userId }) => ['POST', `/v2/users/${userId}/keys`, { json: { description: 'mine now' } }],
]

/** An answer without what differs between any two of them. */
const comparable = ({ status, headers: { date: _date, 'x-request-id': _id, ratelimit: _left, ...headers }, text }: Answer): object => ({ status, headers, text })

/** Tries each of somebody's ids as a stranger: every answer must be, byte for byte, the one for an id that nobody has. */
export const seesNothing = async (api: Api, stranger: Person, theirs: Belongings): Promise<void> => {
  await compareAll(api, stranger, attempts, theirs, nobodys())
  const own = { userId: stranger.userId }
  await compareAll(api, stranger, keyAttempts, { ...theirs, ...own }, { ...nobodys(), ...own })
}

const nobodys = (): Belongings => ({ databaseId: randomUUID(), orgId: randomUUID(), userId: randomUUID(), keyId: randomUUID() })

const compareAll = async (api: Api, { token }: Person, tried: readonly Attempt[], theirs: Belongings, unknown: Belongings): Promise<void> => {
  for (const attempt of tried) {
    const [method, path, body] = attempt(theirs)
    const seen = await api(method, path, { token, ...body })
    const other = await api(method, attempt(unknown)[1], { token, ...body })
    expect([method, path, comparable(seen)]).toEqual([method, path, comparable(other)])
    expect([method, path, seen.status]).toEqual([method, path, 404])
  }
}
