import { joinOrg } from '../contract/members.js'
import { type Kind, filled, kindsIn, nobodys } from '../contract/places.js'
import type { AskRecords } from '../faults/records.js'
import { type Answer, type Api, type Ask, expectStatus } from '../story/api.js'
import { teaching } from '../story/bitmaps.js'
import { becomes, createDatabase } from '../story/databases.js'
import type { DocumentedOperation } from '../story/document.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import type { Belonging, Cell } from './cells.js'
import type { Principal, World } from './principals.js'

/** The things that cells are about, by kind. */
type Things = Partial<Record<Kind, string>>

interface Databases {
  readonly shown: string
  readonly theirs: string
  readonly deleted: string
}

/** What only databases of Postgres have. */
const ofPostgres = /\/credentials(?:\/|$)/
/** What only databases of bitmaps can do. */
const ofBitmaps = /\/query\/pql$|\/schema$|\/import$/

export interface Stage {
  /** Asks what a cell asks; a second time for the same cell, the same is asked anew. */
  ask(cell: Pick<Cell, 'operation' | 'principal' | 'belonging'>): Promise<Answer>
}

/** What a request with this operation carries: the example of the document, with ids that exist here. */
export const bodyOf = ({ operationId, requestBody }: DocumentedOperation, ids: Readonly<Record<string, string>>): Ask => {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (!content) return {}
  if (type !== undefined && type !== 'application/json') return { text: String(content.example ?? ''), headers: ['Content-Type', type] }
  const { acl, ...others } = content.example as Record<string, unknown>
  // Whether a peer's permissions are changed by an example depends on who has sent it before.
  const example: Record<string, unknown> = operationId === 'updateUser' ? others : { ...others, ...(acl !== undefined && { acl }) }
  for (const [name, id] of Object.entries(ids)) if (name in example) example[name] = id
  return { json: example }
}

/** Makes what cells need: shared things for those who look, and new ones for those who change. */
export const setStage = async (api: Api, records: AskRecords, { owner, stranger }: World): Promise<Stage> => {
  let made = 0
  const newDatabase = (shape?: string): Promise<string> => createDatabase(api, owner, `of the matrix ${made += 1}`, shape)
  const newRole = async ({ token }: Person): Promise<string> => {
    const rolename = `role-${made += 1}`
    expectStatus(201, await api('POST', '/v2/roles', { token, json: { rolename, acl: ['audit:read'] } }))
    return rolename
  }
  /** One that is there, one of somebody else, and one that is deleted. */
  const databases = async (shape: string): Promise<Databases> => {
    const deleted = await newDatabase(shape)
    await becomes(api, owner, deleted, 'RUNNING')
    expectStatus(202, await api('DELETE', `/v2/databases/${deleted}`, { token: owner.token }))
    const [shown, theirs] = [await newDatabase(shape), await createDatabase(api, stranger, `theirs of ${shape}`, shape)]
    for (const [person, id] of [[owner, shown], [stranger, theirs]] as const) {
      await becomes(api, person, id, 'RUNNING')
      if (shape === 'bitmap-small') expectStatus(204, await api('POST', `/v2/databases/${id}/schema`, { token: person.token, json: teaching }))
    }
    await becomes(api, owner, deleted, 'DELETED')
    return { shown, theirs, deleted }
  }
  const newInvite = async ({ token }: Person): Promise<string> => {
    const answer = await api('POST', '/v2/invites', { token, json: { email: `of-the-matrix-${made += 1}@example.com` } })
    expectStatus(201, answer)
    return String((JSON.parse(answer.text) as { id: unknown }).id)
  }
  const newCredential = async ({ token }: Person, database: string): Promise<string> => {
    const answer = await api('POST', `/v2/databases/${database}/credentials`, { token, json: { name: `of the matrix ${made += 1}` } })
    expectStatus(201, answer)
    return String((JSON.parse(answer.text) as { id: unknown }).id)
  }
  const [rows, bitmaps, logins] = [await databases('sqlite-small'), await databases('bitmap-small'), await databases('postgres-small')]
  const databasesFor = ({ path }: DocumentedOperation): Databases => ofPostgres.test(path) ? logins : ofBitmaps.test(path) ? bitmaps : rows
  const peer = (await joinOrg(api, records, owner.orgId, 'viewer')).userId

  const own: Things = { org: owner.orgId, user: peer, shape: 'sqlite-small', role: await newRole(owner), invite: await newInvite(owner), table: 'cseg', credential: await newCredential(owner, logins.shown) }
  const foreign: Things = {
    org: stranger.orgId, user: stranger.userId, owner: stranger.userId, key: (await createKey(api, stranger)).id, role: await newRole(stranger), invite: await newInvite(stranger), credential: await newCredential(stranger, logins.theirs),
  }
  const mine = (kind: Kind, { person, keyId }: Principal): string | undefined => kind === 'owner' ? person.userId : kind === 'key' ? keyId : own[kind]
  const thingFor = (belonging: Belonging, principal: Principal, { shown, theirs, deleted }: Databases, changed: string | undefined) => (kind: Kind, at: number, all: readonly Kind[]): string => {
    const isChild = at === all.length - 1
    // Whose things a stranger calls foreign are the org's own.
    const others: Things = principal.isStranger ? { ...ofOwner, database: shown } : { ...foreign, database: theirs }
    if (belonging === 'random' || (belonging === 'foreign child' && isChild && kind !== 'database' && foreign[kind] === undefined)) return nobodys(kind)
    if (belonging === 'foreign' || (belonging === 'foreign child' && isChild)) return others[kind] ?? nobodys(kind)
    if (kind === 'database') return belonging === 'deleted' ? deleted : all.includes('credential') ? (principal.isStranger ? theirs : shown) : changed ?? (principal.isStranger ? theirs : shown)
    if (kind === 'role' || kind === 'invite' || kind === 'credential') return changed ?? own[kind] ?? nobodys(kind)
    return mine(kind, principal) ?? nobodys(kind)
  }
  const ofOwner: Things = { ...own, owner: owner.userId, user: owner.userId, key: (await createKey(api, owner)).id }

  const anew = async (kinds: readonly Kind[], { path }: DocumentedOperation): Promise<string | undefined> =>
    kinds.includes('credential') ? await newCredential(owner, logins.shown) : ofPostgres.test(path) ? undefined : kinds.includes('database') ? await newDatabase() : kinds.includes('role') ? await newRole(owner) : kinds.includes('invite') ? await newInvite(owner) : undefined
  /** Whoever may, ends what the other cells are about: somebody else does it. */
  const leaves = async ({ method, path }: DocumentedOperation): Promise<Answer> => {
    const { token, password } = await signUp(api)
    return await api(method, path, { token, json: { PASSWORD: password } })
  }
  const changes = ({ method, path }: DocumentedOperation): boolean => method !== 'GET' && !/\/query\/|\/sql$|\/schema$|\/import$/.test(path)
  return {
    ask: async ({ operation, principal, belonging }) => {
      if (operation.operationId === 'deleteAccount' && principal.kind === 'token' && principal.rights) return await leaves(operation)
      const kinds = kindsIn(operation.path)
      const admitted = belonging === 'own' && principal.rights?.includes(operation['x-permission'])
      const changed = admitted && changes(operation) ? await anew(kinds, operation) : undefined
      const credential = operation.operationId === 'logOut' && principal.kind === 'token' && principal.rights ? { token: await logIn(api, principal.person) } : principal.credential
      const path = filled(operation.path, kinds.map(thingFor(belonging, principal, databasesFor(operation), changed)))
      return await api(operation.method, path, { ...credential, ...bodyOf(operation, { owned_by: (principal.isStranger ? stranger : owner).userId }) })
    },
  }
}
