import { meaningError, nowhere } from '../error.js'
import type { Copy, Delete, Name, Update } from '../tree.js'
import type { TypedSource, TypedStatement } from '../typed.js'
import { assigned } from './coercion.js'
import { nameOf } from './define.js'
import { checkExpression } from './expression.js'
import { columnNotFound, tableNotFound } from './messages.js'
import { condition } from './operators.js'
import type { Around, Scope, Work } from './scope.js'
import { checkSource, dragons } from './sources.js'

const copyDragons = '🦖 here there be dragons! COPY statement is experimental.'

interface Changed {
  readonly source: Extract<TypedSource, { readonly kind: 'table' }>
  readonly scope: Scope
}

/** The one table that a statement changes, as its expressions see it. A view or a table of the system's is none to change. */
const checkChanged = (name: Name, alias: Name | undefined, work: Work): Changed => {
  const around: Around = { work, outer: undefined, common: new Map(), views: 0 }
  const { typed, sources } = checkSource({ kind: 'table', at: name.at, name, alias, hints: [] }, around, (on) => { throw meaningError(on.at, 'a table has no ON') })
  if (typed.kind !== 'table') throw tableNotFound(name.at, nameOf(name))
  return { source: typed, scope: { ...around, sources, mapped: undefined, noAggregates: 'WHERE', memberships: { count: 0 } } }
}

/** FeatureBase makes a join of each query that is asked with IN, and warns of it. */
const checkWhere = (where: Delete['where'], scope: Scope): Extract<TypedStatement, { kind: 'delete' }>['where'] => {
  const typed = where && condition(checkExpression(where, scope))
  for (let count = 0; count < scope.memberships.count; count += 1) scope.work.warnings.push(dragons)
  return typed
}

export const checkDelete = ({ table, alias, where }: Delete, work: Work): TypedStatement => {
  const { source, scope } = checkChanged(table, alias, work)
  return { kind: 'delete', table: source.table, source, where: checkWhere(where, scope), warnings: work.warnings }
}

const checkAssignment = ({ column: name, value }: Update['assignments'][number], { source, scope }: Changed): Extract<TypedStatement, { kind: 'update' }>['assignments'][number] => {
  const column = source.columns.find((each) => each.name.toLowerCase() === nameOf(name))
  if (!column) throw columnNotFound(name.at, name.text)
  if (column.name === '_id') throw meaningError(name.at, '_id column cannot be updated')
  return { column, value: assigned(checkExpression(value, { ...scope, noAggregates: 'SET' }), column.type) }
}

export const checkUpdate = ({ table, alias, assignments, where }: Update, work: Work): TypedStatement => {
  const changed = checkChanged(table, alias, work)
  const typed = assignments.map((assignment) => checkAssignment(assignment, changed))
  const names = assignments.map(({ column }) => nameOf(column))
  const twice = assignments.find((_assignment, place) => names.indexOf(names[place] ?? '') < place)
  if (twice) throw meaningError(twice.at, `duplicate column '${twice.column.text}'`)
  const { source, scope } = changed
  return { kind: 'update', table: source.table, source, assignments: typed, where: checkWhere(where, scope), warnings: work.warnings }
}

export const checkCopy = ({ from, alias, to, where, url }: Copy, work: Work): TypedStatement => {
  const { source, scope } = checkChanged(from, alias, work)
  const typed = checkWhere(where, scope)
  if (url) throw meaningError(url.at, 'COPY to another server is not supported: copy within the database, or read the rows and send them yourself')
  const target = nameOf(to)
  if (work.catalogue.find(target)) throw meaningError(nowhere, `table or view '${target}' already exists`)
  work.warnings.push(copyDragons)
  return { kind: 'copy', from: source.table, to: target, source, where: typed, warnings: work.warnings }
}
