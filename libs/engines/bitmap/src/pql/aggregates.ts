import type { Bitmap, Slices } from '@tenantry/bitmaps'
import { type Call, type Value, valueOf } from '@tenantry/pql'
import { type Fraction, percentileOf } from '../percentile.js'
import { isNumeric } from '../store/catalogue.js'
import { type At, callArgument, fieldAt, filterOf, namedField, plain } from './at.js'
import { noValueJson, valueJson } from './number-text.js'
import { refuse } from './refused.js'
import { recordOf } from './values.js'

export const sumJson = (call: Call, here: At): string => {
  const field = namedField(call, here)
  if (!isNumeric(field)) return noValueJson
  const { sum, count } = here.data.index.numbers(field).slices.sum(filterOf(call.children[0], here))
  return count === 0 ? noValueJson : valueJson(field, sum, count)
}

export const extremeJson = (call: Call, here: At, which: 'min' | 'max'): string => {
  const field = namedField(call, here)
  if (!isNumeric(field)) return noValueJson
  const found = here.data.index.numbers(field).slices[which](filterOf(call.children[0], here))
  return found ? valueJson(field, found.value, found.count) : noValueJson
}

export const fieldValueJson = (call: Call, here: At): string => {
  const { space, data } = here
  const name = plain(call, 'field')
  const column = plain(call, 'column')
  if (name?.kind !== 'string') return refuse('field required')
  if (!column) return refuse('column required')
  const field = fieldAt(here, name.value)
  const record = recordOf(space, data.table, column)
  if (!isNumeric(field)) return refuse(`field ${JSON.stringify(field.name)} of type ${field.options.type} has no single value`)
  const value = record === undefined ? undefined : data.index.numbers(field).slices.get(record)
  return value === undefined ? noValueJson : valueJson(field, value, 1)
}

const fractionOf = (value: Value | undefined): Fraction => {
  const found = value?.kind === 'int' ? { over: value.value, under: 1n } : value?.kind === 'decimal' ? { over: value.unscaled, under: 10n ** BigInt(value.scale) } : refuse('Percentile(): nth required')
  return found.over >= 0n && found.over <= 100n * found.under ? found : refuse('Percentile(): invalid nth value, should be a number between 0 and 100 inclusive')
}

export const percentileJson = (call: Call, here: At): string => {
  const field = namedField(call, here)
  const nth = fractionOf(valueOf(call, 'nth') && plain(call, 'nth'))
  if (!isNumeric(field)) return refuse(`Percentile() is not supported on field ${JSON.stringify(field.name)} of type ${field.options.type}`)
  const { slices } = here.data.index.numbers(field)
  const filter = filterOf(callArgument(call, 'filter') ?? call.children[0], here)
  const found = percentile(slices, filter, nth)
  return found === undefined ? 'null' : valueJson(field, found, 1, true)
}

/** The percentile of the numbers of some records; undefined of none. */
export const percentile = (slices: Slices, filter: Bitmap | undefined, nth: Fraction): bigint | undefined => {
  const [least, most] = [slices.min(filter), slices.max(filter)]
  return least && most && percentileOf({
    least: least.value, most: most.value, many: filter ? slices.columns().andCount(filter) : slices.count(),
    countLess: (than) => slices.compareCount('<', than, filter), countMore: (than) => slices.compareCount('>', than, filter),
  }, nth)
}
