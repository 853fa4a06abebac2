import type { Bitmap } from '@tenantry/bitmaps'
import { type TypedExpression, divideDecimals, int64, scaleOf } from '@tenantry/featurebase-sql'
import { type Field, isMany, isNumeric } from '../../store/catalogue.js'
import type { Fraction } from '../../percentile.js'
import { percentile } from '../../pql/aggregates.js'
import { differentValues } from '../../pql/distinct.js'
import type { Known } from './cells.js'
import { type Asked, type Predicate, countOf, fieldOf, having, isId } from './predicate.js'

type Aggregate = Extract<TypedExpression, { kind: 'aggregate' }>

/** An aggregate over records as bitmaps answer it, and the field whose numbers it answers. */
export interface Told {
  readonly field: Field | undefined
  readonly value: () => Known
}

/** The aggregate of the records of a condition, of all without one; undefined when bitmaps cannot tell. */
export const toldBy = (asked: Asked, { name, distinct, argument, by, type }: Aggregate, predicate: Predicate | undefined): Told | undefined => {
  const filter = (): Bitmap | undefined => predicate?.holds()
  if (!argument || isId(asked, argument)) return name === 'COUNT' ? { field: undefined, value: () => BigInt(predicate ? countOf(predicate) : asked.data.index.all().bitmap.count()) } : undefined
  const field = fieldOf(asked, argument)
  if (!field) return undefined
  // Of a field that may have many, whole sets are counted: bitmaps know only their members.
  if (name === 'COUNT' && distinct) return isMany(field) ? undefined : { field: undefined, value: () => BigInt(differentValues(asked, field, filter())) }
  if (name === 'COUNT') return { field: undefined, value: () => BigInt(countHaving(asked, field, filter())) }
  if (!isNumeric(field) || distinct) return undefined
  const slices = () => asked.data.index.numbers(field).slices
  switch (name) {
    case 'SUM': return { field, value: () => sumOf(slices().sum(filter())) }
    case 'AVG': return { field, value: () => averageOf(slices().sum(filter()), scaleOf(argument.type), scaleOf(type)) }
    case 'PERCENTILE': {
      const nth = fractionOf(by)
      return nth && { field, value: () => percentile(slices(), filter(), nth) ?? null }
    }
    case 'MIN': return { field, value: () => slices().min(filter())?.value ?? null }
    case 'MAX': return { field, value: () => slices().max(filter())?.value ?? null }
    default: return undefined
  }
}

/** Values together, and how many they are. */
export interface Total {
  readonly sum: bigint
  readonly count: number
}

/** The sum as 64 bits hold it: a larger one is refused, as it is by SQLite. */
export const sumOf = ({ sum, count }: Total): bigint | null => count === 0 ? null : int64(sum)

/** The sum by the count, at a scale of its own. */
export const averageOf = (total: Total, from: number, to: number): bigint | null => {
  const sum = sumOf(total)
  return sum === null ? null : divideDecimals({ unscaled: sum, scale: from }, { unscaled: BigInt(total.count), scale: 0 }, to)
}

/** A constant between nothing and a hundred. */
const fractionOf = (by: TypedExpression | undefined): Fraction | undefined => {
  if (by?.kind !== 'constant' || typeof by.value !== 'bigint') return undefined
  const under = 10n ** BigInt(scaleOf(by.type))
  return by.value >= 0n && by.value <= 100n * under ? { over: by.value, under } : undefined
}

const countHaving = (asked: Asked, field: Field, filter: Bitmap | undefined): number => {
  if (!filter && isNumeric(field)) return asked.data.index.numbers(field).slices.count()
  const all = having(asked, field)
  return filter ? all.andCount(filter) : all.count()
}
