import { type TypedExpression, type TypedSource, conjunctsOf, isSet } from '@tenantry/featurebase-sql'
import type { Field } from '../../store/catalogue.js'
import { rowsOf, valuesOf } from '../../store/schema.sql.js'
import { systemTables } from '../system.js'
import { idName } from '../types.js'
import type { Builder } from './builder.js'
import { tableColumn, tableNamed } from './columns.js'
import type { Fragment } from './fragment.js'
import { setOfOne } from './sets.js'

/** FROM, and how its records are told apart. */
export interface BuiltSource {
  readonly text: string
  /** Columns in whose order its rows come when no other is asked for. */
  readonly order: readonly string[]
  /** Whether the text is a join, which on the right of another stands in parentheses. Nothing else may. */
  readonly isJoin: boolean
}

type Table = Extract<TypedSource, { kind: 'table' }>

/** `conditions` are those of the whole query, which joins by commas have instead of their own. */
export const sourceOf = (builder: Builder, source: TypedSource, options: { readonly flattens: boolean; readonly conditions: readonly TypedExpression[] }): BuiltSource => {
  switch (source.kind) {
    case 'table': return tableSource(builder, source, options.flattens)
    case 'system table': return systemSource(builder, source)
    case 'query': return querySource(builder, source, options.flattens)
    case 'join': return joinSource(builder, source, options)
  }
}

const tableSource = (builder: Builder, { id, table: name, flatten }: Table, flattens: boolean): BuiltSource => {
  const table = tableNamed(builder.space, name)
  const alias = `t${id}`
  const field = flattens && flatten !== undefined ? table.fields.get(flatten) : undefined
  const columns = { table, alias, flat: field && { column: field.name, value: `v${id}.value` } }
  const whole = { ...columns, flat: undefined }
  builder.addSource(id, (column, restriction) => tableColumn(builder.readsWhole ? whole : columns, column, () => builder.hasHuge(table.id), restriction))
  const rows = `${rowsOf(table.id)} AS ${alias}`
  if (!field) return { text: rows, order: [`${alias}.id`], isJoin: false }
  return { text: `${rows} JOIN ${valuesSource(field, builder.restriction(id, field.name))} AS v${id} ON v${id}.record = ${alias}.id`, order: [`${alias}.id`, `v${id}.value`], isJoin: true }
}

/** Values of a set column, each once a record. */
const valuesSource = (field: Field, restriction: string | undefined): string => {
  const hasStandard = !(field.options.type === 'time' && field.options.noStandardView)
  const views = restriction ?? (hasStandard ? 'view = 0' : 'view <> 0')
  return `(SELECT ${views === 'view = 0' ? '' : 'DISTINCT '}record, value FROM ${valuesOf(field.id)} WHERE ${views})`
}

const systemSource = (builder: Builder, { id, table, columns }: Extract<TypedSource, { kind: 'system table' }>): BuiltSource => {
  if (!systemTables.has(table)) throw new Error(`there is no system table ${table}`)
  const rows = builder.binds.add({ kind: 'rows', table, types: columns.map(({ type }) => type) })
  builder.addSource(id, (name) => {
    const place = columns.findIndex((column) => column.name === name)
    const type = columns[place]?.type
    if (!type) throw new Error(`${table} has no column ${name}`)
    return { text: `s${id}.c${place}`, type, ...(type.name === 'timestamp' && { nanos: 1_000_000n }) }
  })
  return { text: `(SELECT key AS place, ${columns.map((_column, place) => `json_extract(value, '$[${place}]') AS c${place}`).join(', ')} FROM json_each(${rows})) AS s${id}`, order: [`s${id}.place`], isJoin: false }
}

const querySource = (builder: Builder, { id, query, flatten }: Extract<TypedSource, { kind: 'query' }>, flattens: boolean): BuiltSource => {
  const { text, columns } = builder.query(query)
  const flat = flattens && flatten !== undefined ? query.columns.findIndex((column) => column.name === flatten) : undefined
  builder.addSource(id, (name) => {
    const place = query.columns.findIndex((column) => column.name === name)
    const column = columns[place]
    if (!column) throw new Error(`a subquery has no column ${name}`)
    return outside(column, place === flat && !builder.readsWhole ? setOfOne(`v${id}.value`) : `q${id}.c${place}`)
  })
  return { text: `(${text}) AS q${id}${flat === undefined ? '' : ` JOIN json_each(q${id}.c${flat}) AS v${id}`}`, order: [], isJoin: flat !== undefined }
}

/** A column of a query as those around it know it: its value alone. */
export const outside = ({ type, nanos, least, most, isUnsigned }: Fragment, text: string): Fragment => ({ text, type, nanos, least, most, isUnsigned })

const joinSource = (builder: Builder, { how, left, right, on }: Extract<TypedSource, { kind: 'join' }>, options: Parameters<typeof sourceOf>[2]): BuiltSource => {
  const [one, other] = [sourceOf(builder, left, options), sourceOf(builder, right, options)]
  const conditions = [...on ? conjunctsOf(on) : [], ...how === 'left' ? [] : options.conditions]
  const counted = isByRecord(left, right, conditions) ? undefined : countOfPairs(builder, anyColumn(one, left), anyColumn(other, right))
  const wanted = on && builder.expression(on, 'condition').text
  const condition = [counted, wanted].filter((part) => part !== undefined).join(' AND ')
  const nested = other.isJoin ? `(${other.text})` : other.text
  return { text: `${one.text} ${how === 'left' ? 'LEFT JOIN' : 'JOIN'} ${nested}${condition === '' ? how === 'left' ? ' ON 1' : '' : ` ON ${condition}`}`, order: [...one.order, ...other.order], isJoin: true }
}

const isRecord = /^t\d+\.id$/
/** Of so many pairs of records one is counted for all: a call for each would cost more than looking at it. */
const together = 64
/** What comes of a subquery may be anything, and each pair of it is counted, and counts more. */
const apart = 4

const countOfPairs = ({ functions }: Builder, one: string, other: string): string => {
  const both = `(${one} & 0) + (${other} & 0)`
  if (!isRecord.test(one) || !isRecord.test(other)) return `${functions.pair()}(${both}, ${apart})`
  return `(CASE WHEN ((${one} * 40503 + ${other} * 30011) >> 4) & ${together - 1} THEN 1 ELSE ${functions.pair()}(${both}, ${together}) END)`
}

const anyColumn = ({ order }: Pick<BuiltSource, 'order'>, source: TypedSource): string => order[0] ?? (source.kind === 'query' ? `q${source.id}.c0` : source.kind === 'join' ? anyColumn({ order: [] }, source.left) : 'NULL')

/** Whether one side of a join is found by its record, so that no row meets many. */
const isByRecord = (left: TypedSource, right: TypedSource, conditions: readonly TypedExpression[]): boolean => {
  const [ours, theirs] = [idsOf(left), idsOf(right)]
  const finds = (source: TypedSource, expression: TypedExpression): boolean => source.kind === 'table' && expression.kind === 'column' && expression.column === idName && expression.source === source.id
  const isOf = (ids: ReadonlySet<number>, expression: TypedExpression): boolean => expression.kind === 'column' && ids.has(expression.source) && !isSet(expression.type)
  return conditions.some((condition) => condition.kind === 'binary' && condition.operator === '=' && [[condition.left, condition.right], [condition.right, condition.left]].some(([one, other]) =>
    one !== undefined && other !== undefined && (finds(right, one) && isOf(ours, other) || finds(left, one) && isOf(theirs, other))))
}

const idsOf = (source: TypedSource): ReadonlySet<number> => new Set(source.kind === 'join' ? [...idsOf(source.left), ...idsOf(source.right)] : [source.id])
