import { type TypedExpression, type TypedQuery, type TypedSelect, type TypedSource, type TypedUnion, conjunctsOf, isSet } from '@tenantry/featurebase-sql'
import { aligned, nanosOf, resulting } from './align.js'
import type { Builder, BuiltQuery } from './builder.js'
import { type Fragment, joinedBy } from './fragment.js'
import { isRange, restrictRanges } from './ranges.js'
import { type BuiltSource, outside, sourceOf } from './sources.js'

/** A query in SQLite. What is not on top gives its columns as c0, c1, … and has no order that nobody asked for. */
export const queryOf = (builder: Builder, query: TypedQuery, isTop: boolean): BuiltQuery => query.kind === 'select' ? selectOf(builder, query, isTop) : unionOf(builder, query)

const mostRows = 2n ** 63n - 1n
const clamped = (value: bigint): bigint => value > mostRows ? mostRows : value

const pageText = ({ limit, offset }: Pick<TypedSelect, 'limit' | 'offset'>): string =>
  limit === undefined && offset === undefined ? '' : ` LIMIT ${limit === undefined ? -1 : clamped(limit)}${offset === undefined ? '' : ` OFFSET ${clamped(offset)}`}`

const isColumn = /^(?:[tqsv]\d+\.\w+$|\(SELECT )/

/** A bare number would be the number of a column, and SQLite makes one of more than is written as such. */
const asKey = (text: string): string => isColumn.test(text) ? text : `ifnull(${text}, NULL)`

type Direction = Pick<TypedSelect['orderBy'][number], 'descending' | 'nulls'>

const directionText = ({ descending, nulls }: Direction): string => `${descending ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`}`

const orderKeys = ({ functions }: Builder, { text, type, isUnsigned }: Fragment, to: Direction): readonly string[] => {
  const direction = directionText(to)
  if (isSet(type)) return [`${functions.members()}(${text})${direction}`]
  return isUnsigned ? [`${text} < 0${direction}`, `${asKey(text)}${direction}`] : [`${asKey(text)}${direction}`]
}

const orderText = (keys: readonly string[]): string => keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`

/** Sets are flattened where single values can be groups of their own, as in the original. */
const flattens = ({ grouped, groupBy, distinct, expressions }: TypedSelect): boolean => grouped ? groupBy.length > 0 : distinct && expressions.length === 1

const selectOf = (builder: Builder, query: TypedSelect, isTop: boolean): BuiltQuery => {
  const conditions = conjunctsOf(query.where)
  restrictRanges(builder, conditions, query.from)
  const from = query.from && sourceOf(builder, query.from, { flattens: flattens(query), conditions })
  const where = builder.wholeRecords(() => whereText(builder, query.from, conditions))
  const keys = query.groupBy.map((key) => builder.expression(key))
  const columns = query.expressions.map((expression) => builder.expression(expression))
  const group = query.grouped && keys.length > 0 ? ` GROUP BY ${keys.map(groupKey).join(', ')}${havingText(builder, query)}` : query.having ? ` HAVING ${builder.expression(query.having, 'condition').text}` : ''
  const asked = query.orderBy.flatMap((order) => orderKeys(builder, builder.expression(order.expression), order))
  const list = columns.map(({ text }, place) => isTop ? text : `${text} AS c${place}`).join(', ')
  if (from && group === '' && choosesFirst(query)) return { text: `SELECT ${list} FROM ${from.text}${firstOf(query, from, where, [...asked, ...from.order])}`, columns }
  const order = orderText(asked.length > 0 ? asked : isTop || query.limit !== undefined || query.offset !== undefined ? usualOrder(query, from, keys) : [])
  return { text: `SELECT ${query.distinct ? 'DISTINCT ' : ''}${list}${from ? ` FROM ${from.text}` : ''}${where}${group}${order}${pageText(query)}`, columns }
}

const mostChosen = 20_000n

/** Of one table ordered by something, a few records: what is asked of them is read once they are known. */
const choosesFirst = ({ from, limit, orderBy, grouped, distinct }: TypedSelect): boolean =>
  from?.kind === 'table' && orderBy.length > 0 && limit !== undefined && limit <= mostChosen && !grouped && !distinct

const firstOf = (query: TypedSelect, { text, order: [record = ''] }: BuiltSource, where: string, keys: readonly string[]): string =>
  ` WHERE ${record} IN (SELECT ${record} FROM ${text}${where}${orderText(keys)}${pageText(query)})${orderText(keys)}`

const whereText = (builder: Builder, from: TypedSource | undefined, conditions: readonly TypedExpression[]): string => {
  const chosen = from?.kind === 'table' && from.id === builder.only ? [`t${from.id}.id IN (SELECT value FROM json_each(${builder.binds.add({ kind: 'ids' })}))`] : []
  const parts = [...chosen, ...conditions.filter((condition) => !isRange(condition)).map((condition) => builder.expression(condition, 'condition').text)]
  return parts.length === 0 ? '' : ` WHERE ${joinedBy('AND', parts)}`
}

/** Groups are told apart by numbers where texts have them. */
const groupKey = ({ text, coded, stored }: Fragment): string => asKey(coded?.number ?? stored?.flat ?? text)

const havingText = (builder: Builder, query: TypedSelect): string => {
  const parts = [...query.having ? [builder.expression(query.having, 'condition').text] : [], ...loneSum(builder, query)]
  return parts.length === 0 ? '' : ` HAVING ${joinedBy('AND', parts)}`
}

/** Of one table, a sum that is the only aggregate has no groups without values, as in the original. */
const loneSum = (builder: Builder, { expressions, from }: TypedSelect): readonly string[] => {
  const [sum, ...others] = expressions.filter(({ kind }) => kind === 'aggregate')
  if (from?.kind !== 'table' || others.length > 0 || sum?.kind !== 'aggregate' || sum.name !== 'SUM' || sum.distinct || sum.argument?.kind !== 'column') return []
  return [`${builder.expression(sum).text} IS NOT NULL`]
}

/** Without an order of the query's own: by record, and groups by their values or, where these have no natural order, as they first came. */
const usualOrder = ({ grouped, from: source }: TypedSelect, from: BuiltSource | undefined, keys: readonly Fragment[]): readonly string[] => {
  if (!grouped) return from?.order ?? []
  const [first] = from?.order ?? []
  const isPlain = source?.kind === 'table' && keys.every(({ stored }) => stored === undefined || stored.flat !== undefined)
  return isPlain || first === undefined || keys.length === 0 ? keys.map(groupKey) : [`min(${first})`]
}

const unionOf = (builder: Builder, query: TypedUnion): BuiltQuery => {
  const sides = [builder.query(query.left), builder.query(query.right)]
  const columns = query.columns.map(({ type }, place) => {
    const pair = aligned(builder, sides.map(({ columns: own }) => outside(own[place] ?? { text: 'NULL', type, constant: null }, `c${place}`)))
    const known = sides.map((side, at) => side.columns[place]?.constant === null ? undefined : pair[at]).find((one) => one !== undefined)
    return { pair: pair.map((one) => resulting(builder, one, type)), nanos: known && nanosOf(known), isUnsigned: pair.some(({ isUnsigned }) => isUnsigned), type }
  })
  const arms = sides.map(({ text }, at) => `SELECT ${columns.map(({ pair }, place) => `${pair[at]?.text ?? 'NULL'} AS c${place}`).join(', ')} FROM (${text})`)
  const order = orderText(query.orderBy.map((order) => `${order.column + 1}${directionText(order)}`))
  return {
    text: `${arms.join(query.all ? ' UNION ALL ' : ' UNION ')}${order}${pageText(query)}`,
    columns: columns.map(({ type, nanos, isUnsigned }, place) => ({ text: `c${place}`, type, nanos, isUnsigned })),
  }
}
