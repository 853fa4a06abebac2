import type { Column, TableEntry } from '../catalogue.js'
import { meaningError } from '../error.js'
import type { Expression, Insert, Name, Query } from '../tree.js'
import type { InsertValue, TypedExpression, TypedQuery, TypedStatement } from '../typed.js'
import { printType, simple } from '../types.js'
import { assigned, coerced } from './coercion.js'
import { isAssignable, sameType } from './compatible.js'
import { nameOf, tableNamed } from './define.js'
import { checkExpression } from './expression.js'
import { columnNotFound, notAssignable } from './messages.js'
import { checkWholeQuery } from './query.js'
import { bareScope, nextSource, type Scope, sourceOf, type Work } from './scope.js'

const timestamp = simple('timestamp')

const wrongCount = (at: Name['at']): Error => meaningError(at, 'mismatch in the count of expressions and target columns')

const columnNamed = ({ columns }: TableEntry, name: Name): Column => {
  const found = columns.find((each) => each.name.toLowerCase() === nameOf(name))
  if (!found) throw columnNotFound(name.at, name.text)
  return found
}

const targets = ({ columns: names, columnsAt }: Insert, table: TableEntry): readonly Column[] => {
  if (names.length === 0) return table.columns
  const seen = new Set<string>()
  const columns = names.map((name) => {
    const column = columnNamed(table, name)
    if (seen.has(column.name)) throw meaningError(name.at, `duplicate column '${name.text}'`)
    seen.add(column.name)
    return column
  })
  if (!seen.has('_id')) throw meaningError(columnsAt, 'insert column list must have \'_id\' column specified')
  if (columns.length < 2) throw meaningError(columnsAt, 'insert column list must have at least one non \'_id\' column specified')
  return columns
}

const described = (members: readonly TypedExpression[]): string => `tuple(${members.map(({ type }) => printType(type)).join(', ')})`

/** A time and a set of what the column has, for a column with a time quantum. */
const checkTuple = ({ at, members }: Extract<Expression, { kind: 'tuple' }>, { type }: Column, scope: Scope): InsertValue => {
  const typed = members.map((member) => checkExpression(member, scope))
  const [time, value] = typed
  if (!time) throw meaningError(at, 'tuple literal must contain at least one member')
  const isQuantum = type.name === 'idsetq' || type.name === 'stringsetq'
  if (!isQuantum || !value || typed.length > 2 || !isAssignable(timestamp, time.type) || !isAssignable(type, value.type)) {
    throw meaningError(at, `an expression of type '${described(typed)}' cannot be assigned to type '${printType(type)}'`)
  }
  return { value: coerced(value, type), time: coerced(time, timestamp) }
}

const checkValue = (expression: Expression, column: Column, scope: Scope): InsertValue => expression.kind === 'tuple'
  ? checkTuple(expression, column, scope)
  : { value: assigned(checkExpression(expression, scope), column.type), time: undefined }

const checkRow = (row: readonly Expression[], columns: readonly Column[], scope: Scope): readonly InsertValue[] => {
  const values: InsertValue[] = []
  for (const expression of row) {
    const column = columns[values.length]
    if (column) values.push(checkValue(expression, column, scope))
  }
  return values
}

/** Counts first, of all the rows, and then what stands in them. */
const checkRows = (rows: readonly (readonly Expression[])[], { rowsAt }: Insert, columns: readonly Column[], work: Work): readonly (readonly InsertValue[])[] => {
  const wrong = rows.findIndex(({ length }) => length !== columns.length)
  const wrongAt = rowsAt[wrong]
  if (wrongAt) throw wrongCount(wrongAt)
  const scope: Scope = { ...bareScope(work), noAggregates: 'VALUES' }
  return rows.map((row) => checkRow(row, columns, scope))
}

/** A query whose columns are of the types that are wanted: those of `query` as they are, or brought to them. */
const asTypes = (query: TypedQuery, columns: readonly Column[], at: Name['at'], work: Work): TypedQuery => {
  if (query.columns.every(({ type }, place) => sameType(type, columns[place]?.type ?? type))) return query
  const id = nextSource(work, at)
  const source = sourceOf(id, [], query.columns)
  const expressions = source.columns.flatMap(({ reference, type }, place): readonly TypedExpression[] => {
    const column = columns[place]
    return column ? [coerced({ kind: 'column', source: id, column: reference, type, at }, column.type)] : []
  })
  const inner = { ...query, columns: source.columns.map(({ reference, type }) => ({ name: reference, type })) }
  return {
    kind: 'select', distinct: false, columns: expressions.map(({ type }, place) => ({ name: columns[place]?.name ?? '', type })), expressions,
    from: { kind: 'query', id, query: inner, flatten: undefined }, where: undefined, groupBy: [], grouped: false, having: undefined, orderBy: [], limit: undefined, offset: undefined,
  }
}

const checkRowsOf = (query: Query, columns: readonly Column[], work: Work): TypedQuery => {
  const typed = checkWholeQuery(query, work)
  if (typed.columns.length !== columns.length) throw wrongCount(query.at)
  typed.columns.forEach(({ type }, place) => {
    const column = columns[place]
    if (column && !isAssignable(column.type, type)) throw notAssignable(query.at, type, column.type)
  })
  return asTypes(typed, columns, query.at, work)
}

export const checkInsert = (insert: Insert, work: Work): TypedStatement => {
  const table = tableNamed(insert.table, work)
  const columns = targets(insert, table)
  const { replace, rows } = insert
  const typed = 'kind' in rows ? checkRowsOf(rows, columns, work) : checkRows(rows, insert, columns, work)
  return { kind: 'insert', replace, table: table.name, columns, rows: typed, warnings: work.warnings }
}
