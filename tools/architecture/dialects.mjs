import path from 'node:path'

const isOperation = (value) => typeof value === 'object' && value !== null && ['id', 'method', 'path', 'permission', 'success'].every((key) => key in value)

/** Every dialect with its operations: those that its package exports one by one, and the list that it gives of them. */
export const dialectsOf = (root, { projects }) => Promise.all(projects.filter(({ tags }) => tags.includes('type:dialect')).map(async ({ name, folder }) => {
  const module = await import(path.join(root, folder, 'src/index.ts'))
  const exported = Object.fromEntries(Object.entries(module).filter(([, value]) => isOperation(value)))
  return { name, exported, operations: Object.values(exported), listed: module.operations ?? [] }
}))

const segmentsOf = (pattern) => pattern.split('/').slice(1)
const isAny = (segment) => segment.startsWith('{')

/** Whether a row of the route table covers an operation: `{name}` stands for one segment, `*` at the end for the rest. */
export const isUnder = ({ method, pattern }, operation) => {
  const row = segmentsOf(pattern)
  const path = segmentsOf(operation.path)
  const open = row.at(-1) === '*'
  const fixed = open ? row.slice(0, -1) : row
  return (method === '*' || method === operation.method) && (open ? path.length > fixed.length : path.length === fixed.length)
    && fixed.every((segment, at) => isAny(segment) || segment === path[at])
}

const mayMeet = (one, other) => {
  const [a, b] = [segmentsOf(one.path), segmentsOf(other.path)]
  return one.method === other.method && a.length === b.length && a.every((segment, at) => isAny(segment) || isAny(b[at]) || segment === b[at])
}

/** Operations of different dialects that one request could be meant for. */
export const clashes = (dialects) => dialects.flatMap((one, at) => dialects.slice(at + 1).flatMap((other) => one.operations.flatMap((operation) =>
  other.operations.filter((rival) => mayMeet(operation, rival)).map((rival) => `${one.name} ${operation.id} and ${other.name} ${rival.id}: ${operation.path}`))))

export const withRecords = ['control-plane', 'identity']

/** Whatever changes a record for a known caller has a deed: it is written down, and may be sent again. Logging in and queries have none. */
export const deedless = (operations, ownerOf) => operations.flatMap((operation) => {
  const { id, method, permission, deed, reads } = operation
  const changes = method !== 'GET' && !reads && permission !== 'anyone' && withRecords.includes(ownerOf(operation))
  if (changes && !deed) return [`${id} changes a record, and no deed says which`]
  return !changes && deed ? [`${id} has a deed, and nothing writes it down`] : []
})

/** The object of a deed is named by the path, or was just made (201), or is the caller's own. */
export const objectless = (operations) => operations.filter(({ deed }) => deed).flatMap(({ id, path: at, success, deed }) => {
  if (deed.param === undefined) return success.status === 201 || deed.own ? [] : [`${id} names no object, and its answer may not be a new one`]
  return at.includes(`{${deed.param}}`) ? [] : [`${id} names its object by ${deed.param}, which its path does not have`]
})
