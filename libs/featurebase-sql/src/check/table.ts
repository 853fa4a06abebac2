import type { TableEntry } from '../catalogue.js'
import type { Expression, Name } from '../tree.js'
import type { TypedExpression, TypedSource } from '../typed.js'
import { checkExpression } from './expression.js'
import { tableOrViewNotFound } from './messages.js'
import { condition } from './operators.js'
import { bareScope, nextSource, type Scope, sourceOf, type Work } from './scope.js'
import { dragons } from './sources.js'

/** The table whose rows a statement changes or copies, and what its expressions can name. */
export interface CheckedTable {
  readonly entry: TableEntry
  readonly source: Extract<TypedSource, { readonly kind: 'table' }>
  readonly scope: Scope
}

/** A table of the tenant's: neither a view nor one of the system's. */
export const findTable = (name: Name, work: Work): TableEntry => {
  const entry = work.catalogue.find(name.text.toLowerCase())
  if (entry?.kind !== 'table') throw tableOrViewNotFound(name.at, name.text.toLowerCase())
  return entry
}

export const checkTable = (name: Name, alias: Name | undefined, work: Work): CheckedTable => {
  const entry = findTable(name, work)
  const id = nextSource(work, name.at)
  const sources = [sourceOf(id, alias ? [alias.text, entry.name] : [entry.name], entry.columns)]
  return { entry, source: { kind: 'table', id, table: entry.name, columns: entry.columns, flatten: undefined }, scope: { ...bareScope(work), sources } }
}

/** What WHERE asks of such a table; FeatureBase makes a join of each query that it asks with IN. */
export const checkWhere = (where: Expression | undefined, { scope }: CheckedTable): TypedExpression | undefined => {
  const typed = where && condition(checkExpression(where, { ...scope, noAggregates: 'WHERE' }))
  scope.work.warnings.push(...Array.from({ length: scope.memberships.count }, () => dragons))
  return typed
}
