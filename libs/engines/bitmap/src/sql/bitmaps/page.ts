import type { Bitmap, Column } from '@tenantry/bitmaps'
import { type TypedExpression, type TypedOrder, type TypedSelect, conjunctsOf } from '@tenantry/featurebase-sql'
import { isNumeric } from '../../store/catalogue.js'
import { columnsOf } from '../../pql/columns.js'
import { type Asked, type Predicate, fieldOf, isId, predicateOf } from './predicate.js'

/** More records than this are not named one by one: SQLite looks at all of them instead. */
const mostRecords = 20_000

export interface Parted {
  /** What bitmaps answer of the condition. */
  readonly known: Predicate | undefined
  /** What is left of it. */
  readonly rest: TypedExpression | undefined
}

/** A condition in what bitmaps can answer of it and what is left. */
export const parted = (asked: Asked, where: TypedExpression | undefined): Parted => {
  const whole = where && predicateOf(asked, where)
  if (whole || !where) return { known: whole, rest: undefined }
  const rest: TypedExpression[] = []
  const known: Predicate[] = []
  for (const one of conjunctsOf(where)) {
    const predicate = predicateOf(asked, one)
    if (predicate) known.push(predicate)
    else rest.push(one)
  }
  const [first, ...others] = known
  return {
    known: first && others.reduce((all, one) => ({ holds: () => all.holds().and(one.holds()), fails: () => all.fails() }), first),
    rest: rest.reduce((left, right) => ({ kind: 'binary', operator: 'and', left, right, at: left.at, type: left.type })),
  }
}

/** The records that a query of rows needs to look at, ascending; undefined when there are too many to name. */
export const recordsFor = (asked: Asked, query: TypedSelect, { known, rest }: Parted): readonly Column[] | undefined => {
  const wanted = query.limit === undefined || rest || query.grouped || query.distinct ? undefined : Number(query.limit + (query.offset ?? 0n))
  if (wanted === undefined || wanted > mostRecords) return known && few(known.holds())
  const holds = known ? known.holds() : asked.data.index.all().bitmap
  const [order, ...more] = query.orderBy
  if (!order) return first(holds, wanted)
  return (more.length === 0 ? firstBy(asked, order, holds, wanted) : undefined) ?? (known && few(holds))
}

const few = (records: Bitmap): readonly Column[] | undefined => records.count() <= mostRecords ? columnsOf(records) : undefined

const first = (records: Bitmap, wanted: number): readonly Column[] => {
  const end = records.at(wanted)
  return columnsOf(end === undefined ? records : records.slice(0, end))
}

/** Those that come first in an order; which of equal ones is open, as it is in SQL. */
const firstBy = (asked: Asked, { expression, descending, nulls }: TypedOrder, holds: Bitmap, wanted: number): readonly Column[] | undefined => {
  if (isId(asked, expression)) return descending || asked.data.table.keyed ? undefined : first(holds, wanted)
  const field = fieldOf(asked, expression)
  if (!field || !isNumeric(field)) return undefined
  const { slices } = asked.data.index.numbers(field)
  const valued = slices.extremes(wanted, descending ? 'largest' : 'smallest', holds)
  const nullsComeLast = nulls === undefined ? descending : nulls === 'last'
  if (nullsComeLast && valued.count() >= wanted) return columnsOf(valued)
  const without = first(holds.andNot(slices.columns()), wanted)
  return [...columnsOf(valued), ...without]
}
