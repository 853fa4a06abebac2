import type { Bitmap } from '@tenantry/bitmaps'
import { type Argument, type Bound, type Call, type Operator, type Value, valueOf } from '@tenantry/pql'
import { beyond } from '../store/beyond.js'
import type { Field } from '../store/catalogue.js'
import { leastInt, mostInt } from '../store/field-options.js'
import { viewsInRange } from '../store/time-quantum.js'
import { type At, existing, plain } from './at.js'
import { refuse } from './refused.js'
import { timeArgument } from './time-range.js'
import { numberOf, rowOf } from './values.js'

type Asked = Argument['value']

/** `field=value` is `field==value`. */
const comparisonOf = (asked: Asked): { readonly op: Operator; readonly value: Value } | undefined => {
  if (asked.kind === 'range') return undefined
  return asked.kind === 'condition' ? asked : { op: '==', value: asked }
}

const clamped = (value: bigint): bigint => value < leastInt ? leastInt : value > mostInt ? mostInt : value

/** The records whose number of a field stands so. */
export const numberRow = (here: At, field: Field, asked: Asked, call: Call): Bitmap => {
  refuseTimes(call, field)
  const { space, data } = here
  const { slices } = data.index.numbers(field)
  if (asked.kind === 'range') return slices.between(...boundsOf(here, field, asked))
  const { op, value } = comparisonOf(asked) ?? refuse('a comparison is needed')
  if (value.kind === 'null') return nullRow(here, op, slices.columns())
  if (op === '><') return refuse(`Row(): expected two values for the range of field ${JSON.stringify(field.name)}`)
  const number = numberOf(space, field, value)
  // A word of another table that names no record: nobody has it, and everybody with a value has another.
  if (number === undefined) return op === '!=' ? slices.columns() : space.bitmaps.empty()
  const outside = beyond(op, number)
  if (outside === undefined) return slices.compare(op, number)
  return outside ? slices.columns() : space.bitmaps.empty()
}

/** How many records of a row have such a number, told without a row of them; undefined where one is needed. */
export const numberCount = (here: At, field: Field, asked: Asked, call: Call, row: Bitmap): number | undefined => {
  refuseTimes(call, field)
  const { slices } = here.data.index.numbers(field)
  if (asked.kind === 'range') return slices.betweenCount(...boundsOf(here, field, asked), row)
  const comparison = comparisonOf(asked)
  if (!comparison || comparison.op === '><' || comparison.value.kind === 'null') return undefined
  const number = numberOf(here.space, field, comparison.value)
  return number !== undefined && number === clamped(number) ? slices.compareCount(comparison.op, number, row) : undefined
}

const boundsOf = ({ space }: At, field: Field, range: Extract<Asked, { kind: 'range' }>): [bigint, bigint] => {
  const number = (bound: Bound): bigint => numberOf(space, field, bound) ?? 0n
  const [low, high] = [number(range.low), number(range.high)]
  return [clamped(range.includesLow ? low : low + 1n), clamped(range.includesHigh ? high : high - 1n)]
}

const nullRow = (here: At, op: Operator, having: Bitmap): Bitmap => {
  if (op === '!=') return here.within ? having.and(here.within) : having
  return op === '==' ? existing(here).andNot(having) : refuse(`operator ${op} not defined on null`)
}

/** The records that have a value of a field whose values name rows. */
export const setRow = (here: At, field: Field, asked: Asked, call: Call): Bitmap => {
  const { space, data } = here
  const sets = data.index.sets(field)
  const { op, value } = comparisonOf(asked) ?? refuse(`range not supported on field ${JSON.stringify(field.name)} of type ${field.options.type}`)
  if (value.kind === 'null') return nullRow(here, op, sets.touched())
  const id = rowOf(space, field, value)
  if (op === '!=') return id === undefined ? existing(here) : refuse('only support != for null, not for other values, on set/mutex fields')
  if (op !== '==') return refuse(`operator ${op} not supported on field ${JSON.stringify(field.name)} of type ${field.options.type}`)
  if (id === undefined) return space.bitmaps.empty()
  const views = timeViews(here, field, call)
  if (!views) return sets.row(id) ?? space.bitmaps.empty()
  return space.bitmaps.union(views.flatMap((view) => sets.row(id, view) ?? []))
}

const refuseTimes = (call: Call, { name }: Field): void => {
  if (valueOf(call, 'from') ?? valueOf(call, 'to')) refuse(`field ${name} is not a time-field, 'from' and 'to' are not valid options for this field type`)
}

/** The views that `from` and `to` of a call cover; undefined without them. */
export const timeViews = (here: At, field: Field, call: Call): readonly number[] | undefined => {
  const [from, to] = [plain(call, 'from'), plain(call, 'to')]
  if (from === undefined && to === undefined) return undefined
  const { options } = field
  if (options.type !== 'time') return refuse(`field ${field.name} is not a time-field, 'from' and 'to' are not valid options for this field type`)
  const [least, most] = [from && timeArgument('from', from), to && timeArgument('to', to)]
  return viewsInRange(here.data.index.sets(field).timeViews(), least, most, options.timeQuantum)
}
