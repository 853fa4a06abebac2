import type { Bitmap, Column, Slices } from '@tenantry/bitmaps'
import { type TypedExpression, type TypedSelect, scaleOf } from '@tenantry/featurebase-sql'
import { type Field, hasWords, isMany, isNumeric } from '../../store/catalogue.js'
import { distinctNumbers } from '../../pql/columns.js'
import { type Total, averageOf, sumOf } from './aggregate.js'
import type { Known } from './cells.js'
import { type Asked, type Predicate, fieldOf, having, isId } from './predicate.js'

/** Columns with more different values than this are left to SQLite. */
const mostRows = 10_000
const mostNumbers = 1_000
/** And so are two columns with more combinations. */
const mostPairs = 200_000

interface Member {
  readonly value: Known
  readonly records: Bitmap
}

interface Group {
  readonly members: readonly Known[]
  readonly count: bigint
  /** Of those that have a value of the field that is summed. */
  readonly total: Total
}

/** What one column of the answer is of a group. */
interface Part {
  readonly field: Field | undefined
  readonly of: (group: Group) => Known
}

export interface Grouping {
  /** Whether there are few enough groups for bitmaps to be quicker. */
  readonly isWithinReach: () => boolean
  /** One a column of the answer. */
  readonly parts: readonly Part[]
  readonly groups: () => readonly Group[]
}

const same = (one: TypedExpression, other: TypedExpression): boolean =>
  one.kind === 'column' && other.kind === 'column' && one.source === other.source && one.column === other.column

/** Groups by one or two columns with counts and one sum, as bitmaps tell them; undefined when they cannot. Records without a value are a group. */
export const groupingOf = (asked: Asked, { expressions, groupBy, from }: Pick<TypedSelect, 'expressions' | 'groupBy' | 'from'>, predicate: Predicate | undefined): Grouping | undefined => {
  const flatten = from?.kind === 'table' ? from.flatten : undefined
  const fields = groupBy.map((column) => fieldOf(asked, column))
  if (fields.length === 0 || fields.length > 2 || !fields.every((field) => field !== undefined && canGroup(field, flatten))) return undefined
  const columns = fields as readonly Field[]
  if (flatten !== undefined && !columns.some(({ name }) => name === flatten)) return undefined
  const summed = sumsIn(asked, expressions)
  if (summed === 'several') return undefined
  const parts = expressions.map((expression) => partOf(asked, expression, groupBy, columns))
  if (!parts.every((part) => part !== undefined)) return undefined
  // A lone sum has no groups without values, as in the original.
  const hasLoneSum = summed !== undefined && expressions.filter(({ kind }) => kind === 'aggregate').length === 1
  return { parts, isWithinReach: () => isFew(asked, columns), groups: () => groupsOf(asked, columns, summed, predicate?.holds()).filter(({ total }) => !hasLoneSum || total.count > 0) }
}

/** Of a field with several values, members are groups only where it is flattened. Numbers of decimals and times are mostly different. */
const canGroup = (field: Field, flatten: string | undefined): boolean =>
  isMany(field) ? field.name === flatten : field.options.type !== 'decimal' && field.options.type !== 'timestamp'

const sumsIn = (asked: Asked, expressions: readonly TypedExpression[]): Field | 'several' | undefined => {
  const fields = new Set(expressions.flatMap((expression) => expression.kind === 'aggregate' && (expression.name === 'SUM' || expression.name === 'AVG') && expression.argument ? fieldOf(asked, expression.argument) ?? [] : []))
  return fields.size > 1 ? 'several' : [...fields][0]
}

const partOf = (asked: Asked, expression: TypedExpression, groupBy: readonly TypedExpression[], columns: readonly Field[]): Part | undefined => {
  const place = groupBy.findIndex((column) => same(column, expression))
  if (place >= 0) return { field: columns[place], of: ({ members }) => members[place] ?? null }
  if (expression.kind !== 'aggregate' || expression.distinct) return undefined
  if (expression.name === 'COUNT') return !expression.argument || isId(asked, expression.argument) ? { field: undefined, of: ({ count }) => count } : undefined
  const field = expression.argument && fieldOf(asked, expression.argument)
  if (!field || !isNumeric(field) || !expression.argument) return undefined
  const [from, to] = [scaleOf(expression.argument.type), scaleOf(expression.type)]
  if (expression.name === 'AVG') return { field, of: ({ total }) => averageOf(total, from, to) }
  return expression.name === 'SUM' ? { field, of: ({ total }) => sumOf(total) } : undefined
}

const membersOf = (asked: Asked, field: Field, filter: Bitmap | undefined): readonly Member[] => {
  const known = isNumeric(field) ? numberMembers(asked, field, filter) : rowMembers(asked, field)
  // A flattened set has no group of those without members.
  if (isMany(field)) return known
  const without = (filter ?? asked.data.index.all().bitmap).andNot(having(asked, field))
  return without.count() > 0 ? [{ value: null, records: without }, ...known] : known
}

const rowMembers = ({ space, data }: Asked, field: Field): readonly Member[] => {
  const words = hasWords(field) ? space.words(field) : undefined
  const valueOf = (id: Column): Known => words ? words.word(Number(id)) ?? '' : field.options.type === 'bool' ? id === 1 : BigInt(id)
  return data.index.sets(field).rows().map(({ id, bitmap }) => ({ value: valueOf(id), records: bitmap }))
}

const numberMembers = ({ data }: Asked, field: Field, filter: Bitmap | undefined): readonly Member[] => {
  const { slices } = data.index.numbers(field)
  return distinctNumbers(slices.distinct(filter)).map((value) => ({ value, records: slices.compare('==', value) }))
}

/** How many different values a column has; infinitely many where that is not worth asking. */
const membersIn = ({ data, space: { bitmaps } }: Asked, field: Field): number => {
  if (!isNumeric(field)) {
    const rows = data.index.sets(field).rows().length
    return rows <= mostRows ? rows : Infinity
  }
  return bitmaps.scope(() => {
    const { negative, positive } = data.index.numbers(field).slices.distinct()
    const numbers = negative.count() + positive.count()
    return numbers <= mostNumbers ? numbers : Infinity
  })
}

const isFew = (asked: Asked, columns: readonly Field[]): boolean => columns.reduce((pairs, field) => pairs * (1 + membersIn(asked, field)), 1) <= mostPairs

/** Sums of so few groups are quicker taken one by one. */
const fewGroups = 32

/** The sum of each group, and of how many values it is. */
const sumsOf = ({ space: { bitmaps } }: Asked, slices: Slices, rows: readonly Bitmap[], others: readonly Bitmap[] | undefined, filter: Bitmap | undefined): ((place: number) => Total) => {
  if (!others && rows.length <= fewGroups) {
    return (place) => {
      const row = rows[place] ?? bitmaps.empty()
      return slices.sum(filter ? row.and(filter) : row)
    }
  }
  const { counts, sums } = bitmaps.groups({ rows, ...(others && { others }), ...(filter && { filter }), values: slices })
  return (place) => ({ count: counts[place] ?? 0, sum: sums[place] ?? 0n })
}

const groupsOf = (asked: Asked, columns: readonly Field[], summed: Field | undefined, filter: Bitmap | undefined): readonly Group[] => {
  const [first = [], second] = columns.map((field) => membersOf(asked, field, filter))
  const rows = first.map(({ records }) => records)
  const others = second?.map(({ records }) => records)
  if (rows.length === 0 || others?.length === 0) return []
  const { counts } = asked.space.bitmaps.groups({ rows, ...(others && { others }), ...(filter && { filter }) })
  const sums = summed && sumsOf(asked, asked.data.index.numbers(summed).slices, rows, others, filter)
  const width = others?.length ?? 1
  const groups: Group[] = []
  counts.forEach((count, place) => {
    const one = first[Math.floor(place / width)]
    const other = second?.[place % width]
    if (count === 0 || !one) return
    groups.push({ members: other ? [one.value, other.value] : [one.value], count: BigInt(count), total: sums?.(place) ?? { count: 0, sum: 0n } })
  })
  return groups
}
