import type { Column } from '@tenantry/bitmaps'
import type { TypedExpression, TypedOrder, TypedQuery, TypedSelect } from '@tenantry/featurebase-sql'
import { type QueryLimits, answerTooLong, tooManyRows } from '@tenantry/engines-contract'
import type { Space } from '../../space.js'
import type { Field } from '../../store/catalogue.js'
import { type SqlAnswer, fieldsJson } from '../answer.js'
import { toldBy } from './aggregate.js'
import { type Known, knownJson } from './cells.js'
import { groupingOf } from './groups.js'
import { type Parted, parted, recordsFor } from './page.js'
import type { Asked } from './predicate.js'

/** How a query is run, as far as bitmaps can tell before it is. Good as long as the catalogue's version stays. */
export type Plan =
  /** By bitmaps alone, which may find when it is run that there is too much for them: undefined then. */
  | { readonly kind: 'bitmaps'; readonly how: string; readonly run: (limits: QueryLimits) => SqlAnswer | undefined }
  /** By SQLite over the records that bitmaps select, with what is left of the condition; all records where there are too many to name. */
  | { readonly kind: 'records'; readonly source: number; readonly rest: TypedExpression | undefined; readonly records: () => readonly Column[] | undefined }
  | { readonly kind: 'sqlite' }

const sqlite: Plan = { kind: 'sqlite' }

export const planOf = (space: Space, query: TypedQuery): Plan => {
  if (query.kind !== 'select' || query.from?.kind !== 'table') return sqlite
  const data = space.table(query.from.table)
  if (!data?.table.tracks) return sqlite
  const asked: Asked = { space, data, source: query.from.id }
  const condition = parted(asked, query.where)
  const alone = condition.rest || query.having ? undefined : byBitmaps(asked, query, condition)
  if (alone) return alone
  const isPage = query.limit !== undefined && !query.grouped && !query.distinct && !condition.rest && query.from.flatten === undefined
  if (!condition.known && !isPage) return sqlite
  return { kind: 'records', source: asked.source, rest: condition.rest, records: () => space.bitmaps.scope(() => recordsFor(asked, query, condition)) }
}

const byBitmaps = (asked: Asked, query: TypedSelect, condition: Parted): Plan | undefined => {
  if (query.grouped && query.groupBy.length === 0) return aggregates(asked, query, condition)
  if (query.grouped) return groups(asked, query, query.groupBy, condition)
  return query.distinct ? groups(asked, query, query.expressions, condition) : undefined
}

const aggregates = ({ space, ...at }: Asked, query: TypedSelect, { known }: Parted): Plan | undefined => {
  if (query.from?.kind === 'table' && query.from.flatten !== undefined) return undefined
  const told = query.expressions.map((expression) => expression.kind === 'aggregate' ? toldBy({ space, ...at }, expression, known) : undefined)
  if (!told.every((one) => one !== undefined)) return undefined
  const fields = Buffer.from(fieldsJson(query.columns))
  return {
    kind: 'bitmaps',
    how: 'aggregates',
    run: () => {
      if (query.limit === 0n || (query.offset ?? 0n) > 0n) return { fields, data: Buffer.from('[]'), rows: 0 }
      const cells = space.bitmaps.scope(() => told.map(({ value, field }, place) => cellJson(query, place, value(), field)))
      return { fields, data: Buffer.from(`[[${cells.join(',')}]]`), rows: 1, plan: { _op: 'Bitmaps', answers: 'aggregates' } }
    },
  }
}

const cellJson = ({ columns }: TypedSelect, place: number, value: Known, field: Field | undefined): string => {
  const column = columns[place]
  if (!column) throw new Error('there are more values than columns')
  return knownJson(value, column.type, field)
}

const groups = (asked: Asked, query: TypedSelect, groupBy: readonly TypedExpression[], { known }: Parted): Plan | undefined => {
  const order = query.orderBy.map((one) => orderOf(query, one))
  if (!order.every((one) => one !== undefined)) return undefined
  const grouping = groupingOf(asked, { expressions: query.expressions, groupBy, from: query.from }, known)
  if (!grouping) return undefined
  const fields = Buffer.from(fieldsJson(query.columns))
  const { bitmaps } = asked.space
  const how = query.distinct ? 'different values' : 'groups'
  return {
    kind: 'bitmaps',
    how,
    run: (limits) => {
      if (!grouping.isWithinReach()) return undefined
      const rows = bitmaps.scope(() => grouping.groups()).map((group) => grouping.parts.map(({ of }) => of(group)))
      const page = pageOf(query, order.length > 0 ? rows.sort((one, other) => compared(one, other, order)) : rows)
      if (page.length > limits.answerRows) throw tooManyRows(limits)
      const data = Buffer.from(`[${page.map((row) => `[${row.map((value, place) => cellJson(query, place, value, grouping.parts[place]?.field)).join(',')}]`).join(',')}]`)
      if (data.length > limits.answerBytes) throw answerTooLong(limits)
      return { fields, data, rows: page.length, plan: { _op: 'Bitmaps', answers: how, groups: page.length } }
    },
  }
}

type Row = readonly Known[]
interface Order { readonly place: number; readonly sign: 1 | -1; /** Where what has no value goes. */ readonly nulls: 1 | -1 }

/** An order by something that the answer has anyway. */
const orderOf = ({ expressions }: TypedSelect, { expression, descending, nulls }: TypedOrder): Order | undefined => {
  const place = expressions.findIndex((one) => isSame(one, expression))
  return place < 0 ? undefined : { place, sign: descending ? -1 : 1, nulls: (nulls === undefined ? descending : nulls === 'last') ? 1 : -1 }
}

const isSame = (one: TypedExpression, other: TypedExpression): boolean => {
  if (one === other) return true
  if (one.kind === 'column' && other.kind === 'column') return one.source === other.source && one.column === other.column
  return one.kind === 'aggregate' && other.kind === 'aggregate' && one.name === other.name && one.distinct === other.distinct
    && (one.argument && other.argument ? isSame(one.argument, other.argument) : one.argument === other.argument)
}

const compared = (one: Row, other: Row, order: readonly Order[]): number => {
  for (const { place, sign, nulls } of order) {
    const [left = null, right = null] = [one[place], other[place]]
    if (left === right) continue
    if (left === null) return nulls
    if (right === null) return -nulls
    return left < right ? -sign : sign
  }
  return 0
}

const pageOf = ({ limit, offset = 0n }: TypedSelect, rows: readonly Row[]): readonly Row[] =>
  rows.slice(Number(offset), limit === undefined ? undefined : Number(offset + limit))
