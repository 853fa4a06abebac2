import { type Kind, kindsIn } from '../contract/places.js'
import type { DocumentedOperation } from '../story/document.js'
import type { Principal } from './principals.js'

/** Whose object an operation is asked about. */
export const belongings = ['nothing', 'own', 'deleted', 'foreign', 'foreign child', 'random'] as const
export type Belonging = (typeof belongings)[number]

export interface Cell {
  readonly operation: DocumentedOperation
  readonly principal: Principal
  readonly belonging: Belonging
  readonly expected: Expected
}

/** What must be answered: a status, or that the caller got as far as the object ('admitted'), which may still be in a wrong state. */
export type Expected = 401 | 403 | 404 | 'admitted' | 'gone or admitted' | 'open'

/** Who may see one of these by its name sees it in every org. */
const everybodys: ReadonlySet<Kind> = new Set(['shape'])

const belongingsOf = (named: readonly Kind[], { isStranger }: Principal): readonly Belonging[] => {
  const kinds = named.filter((kind) => kind !== 'table')
  if (kinds.every((kind) => everybodys.has(kind))) return ['nothing']
  const theirs: readonly Belonging[] = ['foreign', 'random', ...(kinds.length > 1 ? ['foreign child'] as const : [])]
  return isStranger ? theirs : ['own', ...theirs, ...(kinds.includes('database') ? ['deleted'] as const : [])]
}

/**
 * What the declared permission and the table of roles alone say of a cell: first whether the credential holds, then the right, and
 * only then what the object is.
 */
export const expectedOf = (operation: DocumentedOperation, { rights, kind }: Principal, belonging: Belonging): Expected => {
  const needed = operation['x-permission']
  if (needed === 'anyone') return 'open'
  if (!rights) return 401
  if (needed !== 'caller' && !rights.includes(needed)) return 403
  // Everybody may change their own names, and so may come; those of a peer are for few.
  if (operation.operationId === 'updateUser' && belonging === 'own' && !rights.includes('members:update')) return 403
  // Nobody moves a peer into another org.
  if (operation.operationId === 'moveUser' && belonging === 'own') return 403
  // An API key has no session that could be ended, and ends no account and no org; of another one it is told what everybody is.
  if (['logOut', 'deleteAccount'].includes(operation.operationId) && kind === 'key') return 403
  if (operation.operationId === 'deleteOrg' && kind === 'key' && belonging === 'own') return 403
  if (belonging === 'own' || belonging === 'nothing') return 'admitted'
  return belonging === 'deleted' ? 'gone or admitted' : 404
}

/** Every cell: operation × principal × object. Throws for an operation that has no row. */
export const cellsOf = (operations: readonly DocumentedOperation[], principals: readonly Principal[]): readonly Cell[] =>
  operations.flatMap((operation) => principals.flatMap((principal) => belongingsOf(kindsIn(operation.path), principal)
    .map((belonging) => ({ operation, principal, belonging, expected: expectedOf(operation, principal, belonging) }))))

const admits = (status: number): boolean => status < 500 && ![401, 403, 404, 405].includes(status)

export const fits = (expected: Expected, status: number): boolean => {
  if (expected === 'open') return status < 500 && status !== 403
  if (expected === 'admitted') return admits(status)
  return expected === 'gone or admitted' ? admits(status) || status === 404 : status === expected
}
