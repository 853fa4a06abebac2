import { randomUUID } from 'node:crypto'

/** What an id or a name in a path stands for. */
export const kinds = ['database', 'backup', 'org', 'user', 'owner', 'key', 'shape', 'role', 'invite', 'table', 'credential'] as const
export type Kind = (typeof kinds)[number]

/** What stands at each place of a path that is written in braces. A place that is not here has no row in the matrix. */
const places: Readonly<Record<string, Kind>> = {
  '/v2/databases/{}': 'database',
  '/databases/{}': 'database',
  '/v2/databases/{}/backups/{}': 'backup',
  // A name inside a database: who may not see that is told of the database alone.
  '/v2/databases/{}/tables/{}': 'table',
  '/v2/databases/{}/credentials/{}': 'credential',
  '/v2/orgs/{}': 'org',
  '/v2/users/{}': 'user',
  // A user as the owner of keys: the caller, to whom a peer is nobody.
  '/v2/users/{}/keys': 'owner',
  '/v2/users/{}/keys/{}': 'key',
  '/v2/shapes/{}': 'shape',
  '/v2/roles/{}': 'role',
  '/v2/invites/{}': 'invite',
}

const parameter = /\{\w+\}/g

/** The kinds of a path's parameters, in their order. Throws for one that nobody has said what it is. */
export const kindsIn = (path: string): readonly Kind[] => {
  const plain = path.replaceAll(parameter, '{}')
  const ends = [...plain.matchAll(/\{\}/g)].map(({ index }) => index + 2)
  return ends.map((end) => {
    const further = plain.slice(end).split('/')[1]
    const kind = places[`${plain.slice(0, end)}/${further}`] ?? places[plain.slice(0, end)]
    if (!kind) throw new Error(`Nobody has said what stands in braces in ${path}; add it to the places.`)
    return kind
  })
}

/** A path with its parameters filled in, in their order. */
export const filled = (path: string, values: readonly string[]): string => {
  const left = [...values]
  return path.replaceAll(parameter, () => encodeURIComponent(left.shift() ?? ''))
}

/** A name or an id of a kind that nobody has. */
export const nobodys = (kind: Kind): string => kind === 'shape' || kind === 'role' || kind === 'table' ? `nothing-${randomUUID()}` : randomUUID()
