import type { Column, TableEntry } from '../catalogue.js'
import { meaningError, nowhere, type Position } from '../error.js'
import type { BulkInsert, BulkOption, Expression, MapEntry } from '../tree.js'
import type { TypedExpression, TypedStatement } from '../typed.js'
import type { DataType } from '../types.js'
import { assigned } from './coercion.js'
import { isAssignable } from './compatible.js'
import { nameOf, tableNamed } from './define.js'
import { checkExpression } from './expression.js'
import { columnNotFound, expected, notAssignable } from './messages.js'
import { bareScope, type Scope, type Work } from './scope.js'
import { valueType } from './type-name.js'

type Typed = Extract<TypedStatement, { kind: 'bulk insert' }>
type Mapped = Typed['map'][number]

const defaultBatch = 1_000n
const longestSource = 100

const textOf = (value: Expression): string => {
  if (value.kind === 'string' || value.kind === 'blob') return value.value
  throw meaningError(value.at, 'string literal expected')
}

const integerOf = (value: Expression): bigint => {
  if (value.kind === 'integer') return value.value
  throw expected(value.at, 'integer literal')
}

/** The last of its name counts. */
const optionOf = ({ options }: BulkInsert, name: BulkOption['name']): BulkOption | undefined => options.findLast((option) => option.name === name)

const valueOf = (insert: BulkInsert, name: 'format' | 'input'): { readonly text: string; readonly at: Position } => {
  const value = optionOf(insert, name)?.value
  if (!value) throw meaningError(insert.withAt, `${name} specifier expected`)
  return { text: textOf(value), at: value.at }
}

const formatOf = (insert: BulkInsert): Typed['format'] => {
  const { text, at } = valueOf(insert, 'format')
  const format = text.toUpperCase()
  if (format === 'CSV' || format === 'NDJSON') return format
  if (format === 'PARQUET') throw meaningError(at, 'invalid format specifier \'PARQUET\': send CSV or NDJSON')
  throw meaningError(at, `invalid format specifier '${text}'`)
}

/** Where a value is found: a place of CSV, a path of NDJSON. */
const fromOf = ({ from }: MapEntry, format: Typed['format']): Mapped['from'] => {
  if (format === 'CSV') return integerOf(from)
  if (from.kind !== 'string') throw meaningError(from.at, 'string literal expected')
  return from.value
}

const inputOf = (insert: BulkInsert): 'STREAM' | 'INLINE' | 'FILE' | 'URL' => {
  const { text, at } = valueOf(insert, 'input')
  const input = text.toUpperCase()
  if (input === 'STREAM' || input === 'INLINE' || input === 'FILE' || input === 'URL') return input
  throw meaningError(at, `invalid input specifier '${text}'`)
}

/** What it reads besides the text itself would be files of this server and of its network. It is the last mistake to be told. */
const checkInput = (insert: BulkInsert, input: ReturnType<typeof inputOf>, given: string): void => {
  if (input === 'STREAM' || input === 'INLINE') return
  const source = given.slice(0, longestSource)
  throw meaningError(insert.source.at, `unable to read datasource '${source}': INPUT '${input}' is not supported, send the rows in the statement with INPUT 'STREAM'`)
}

const batchSizeOf = (insert: BulkInsert): bigint => {
  const value = optionOf(insert, 'batchsize')?.value
  const size = value ? integerOf(value) : defaultBatch
  if (value && size === 0n) throw meaningError(value.at, 'invalid batch size \'0\'')
  return size
}

/** 0 is no limit. */
const rowsLimitOf = (insert: BulkInsert): bigint | undefined => {
  const value = optionOf(insert, 'rowslimit')?.value
  const limit = value ? integerOf(value) : 0n
  return limit === 0n ? undefined : limit
}

interface Target {
  readonly name: string
  readonly at: Position
  readonly column: Column | undefined
}

const targetsOf = ({ columns }: BulkInsert, table: TableEntry): readonly Target[] => columns.length === 0
  ? table.columns.map((column) => ({ name: column.name, at: nowhere, column }))
  : columns.map((name) => ({ name: name.text, at: name.at, column: table.columns.find((each) => each.name.toLowerCase() === nameOf(name)) }))

const checkTransform = (insert: BulkInsert, map: readonly Pick<Mapped, 'type'>[], work: Work): readonly TypedExpression[] | undefined => {
  const mapped = new Map(map.map(({ type }, index) => [String(index), { index, type }]))
  const scope: Scope = { ...bareScope(work), mapped, noAggregates: 'TRANSFORM' }
  return insert.transform?.map((expression) => checkExpression(expression, scope))
}

interface Given {
  readonly at: Position
  readonly type: DataType
}

/** Each column takes what is given at its place, and is told once. `_id` and one more must be among them. */
const checkTargets = (insert: BulkInsert, targets: readonly Target[], given: readonly Given[]): readonly Column[] => {
  const columns = new Map<string, Column>()
  for (const [place, { name, at, column }] of targets.entries()) {
    // FeatureBase tells the line twice, and no column.
    if (!column) throw columnNotFound({ line: at.line, column: at.line }, name)
    const value = given[place]
    if (value && !isAssignable(column.type, value.type)) throw notAssignable(value.at, value.type, column.type)
    if (columns.has(column.name)) throw meaningError(at, `duplicate column '${name.toLowerCase()}'`)
    columns.set(column.name, column)
  }
  if (!columns.has('_id')) throw meaningError(insert.columnsEnd, 'insert column list must have \'_id\' column specified')
  if (columns.size < 2) throw meaningError(insert.columnsAt, 'insert column list must have at least one non \'_id\' column specified')
  return [...columns.values()]
}

export const checkBulkInsert = (insert: BulkInsert, work: Work): TypedStatement => {
  const table = tableNamed(insert.table, work)
  const source = textOf(insert.source)
  const format = formatOf(insert)
  const places = insert.map.map((entry) => ({ entry, from: fromOf(entry, format) }))
  const input = inputOf(insert)
  const [batchSize, rowsLimit] = [batchSizeOf(insert), rowsLimitOf(insert)]
  const map = places.map(({ entry, from }) => ({ from, type: valueType(entry.type), at: entry.at }))
  const targets = targetsOf(insert, table)
  const countAt = insert.transform ? insert.transformEnd : insert.mapEnd
  if (targets.length !== (insert.transform ?? map).length) throw meaningError(countAt, 'mismatch in the count of expressions and target columns')
  const transform = checkTransform(insert, map, work)
  const columns = checkTargets(insert, targets, transform ?? map)
  checkInput(insert, input, source)
  return {
    kind: 'bulk insert', replace: insert.replace, table: table.name, columns, map: map.map(({ from, type }) => ({ from, type })), transform: transform?.map((value, place) => assigned(value, columns[place]?.type ?? value.type)),
    source, format, batchSize, rowsLimit, headerRow: optionOf(insert, 'header_row') !== undefined,
    allowMissingValues: optionOf(insert, 'allow_missing_values') !== undefined, tree: insert,
  }
}
