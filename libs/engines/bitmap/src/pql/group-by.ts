import type { Bitmap, Slices } from '@tenantry/bitmaps'
import { type Argument, type Call, type Operator, valueOf } from '@tenantry/pql'
import { type Field, hasWords, isNumeric } from '../store/catalogue.js'
import { decimalText } from '../store/decimal.js'
import { type At, at, callArgument, filterOf, namedField, plain } from './at.js'
import { distinctNumbers } from './columns.js'
import { countDistinct } from './distinct.js'
import { checkSize, listJson } from './json.js'
import { rowsNamed } from './list-rows.js'
import { numberText } from './number-text.js'
import { doing, refuse } from './refused.js'
import { intArgument } from './values.js'
import { foreignKeys, wordJson } from './words.js'

interface Member {
  /** As the answer has it. */
  readonly text: string
  readonly records: Bitmap
}

interface Group {
  readonly members: readonly string[]
  readonly count: number
  /** What is summed, as the field keeps it, or how many different values there are. */
  readonly aggregate?: bigint
}

interface Aggregate {
  readonly kind: 'sum' | 'distinct'
  readonly call: Call
  readonly field: Field
}

/** One group of records for each combination of rows that some record has. */
export const groupByJson = (call: Call, here: At): string => {
  if (call.children.length === 0) refuse('need at least one child call')
  const aggregate = aggregateOf(call, here)
  const order = orderOf(call)
  const having = callArgument(call, 'having')
  const filter = filterOf(callArgument(call, 'filter'), here)
  const lists = call.children.map((child) => membersOf(child, here))
  if (valueOf(call, 'previous')) refuse('previous belongs into the Rows calls of a GroupBy')
  const groups = grouped(here, lists, filter, aggregate)
  const kept = having ? groups.filter((group) => passes(having, group, aggregate)) : groups
  const page = pageOf(call, order.length > 0 ? inOrder(kept, order) : kept, order.length > 0 || having !== undefined)
  checkSize(here, page.length * 10)
  return listJson(page.map((group) => groupJson(group, aggregate)))
}

const membersOf = (child: Call, outer: At): readonly Member[] => {
  if (child.name !== 'Rows') refuse(`'${child.name}' is not a valid child query for GroupBy, must be 'Rows'`)
  const here = at(child, outer)
  const field = namedField(child, here)
  const name = JSON.stringify(field.name)
  if (field.options.type === 'decimal') return refuse(`cannot group by field ${name} of type decimal`)
  if (isNumeric(field)) return numberMembers(here, field, name)
  return rowsNamed(child, here, field).map(({ id, bitmap }) =>
    ({ text: hasWords(field) ? `{"field":${name},"rowKey":${wordJson(here.space.words(field), id)}}` : `{"field":${name},"rowID":${id}}`, records: bitmap }))
}

const mostNumbers = 100_000

/** Each different number of a field. */
const numberMembers = (here: At, field: Field, name: string): readonly Member[] => {
  const { slices } = here.data.index.numbers(field)
  const numbers = slices.distinct(here.within)
  if (numbers.negative.count() + numbers.positive.count() > mostNumbers) return refuse(`field ${name} has more than ${mostNumbers} different values; filter them, or group by another one`)
  const keys = foreignKeys(here, field)
  return distinctNumbers(numbers).map((value) => ({
    text: keys ? `{"field":${name},"rowKey":${wordJson(keys, value)}}` : `{"field":${name},"value":${numberText(field, value)}}`,
    records: slices.compare('==', value),
  }))
}

const aggregateOf = (call: Call, here: At): Aggregate | undefined => {
  const asked = callArgument(call, 'aggregate')
  if (!asked) return undefined
  if (asked.name === 'Sum') return { kind: 'sum', call: asked, field: namedField(asked, here) }
  const [distinct] = asked.children
  if (asked.name === 'Count' && distinct?.name === 'Distinct') return { kind: 'distinct', call: distinct, field: namedField(distinct, here) }
  return refuse(`unsupported aggregate function: ${asked.name}`)
}

/** All combinations, the first list outermost; those without records are none. The last two lists are counted by one call. */
const grouped = (here: At, lists: readonly (readonly Member[])[], filter: Bitmap | undefined, aggregate: Aggregate | undefined): readonly Group[] => {
  const { bitmaps } = here.space
  const values = aggregate?.kind === 'sum' ? summed(here, aggregate.field) : undefined
  const groups: Group[] = []
  const below = (depth: number, outer: readonly string[], within: Bitmap | undefined): void => {
    const [first = [], second] = [lists[depth], lists[depth + 1]]
    if (lists.length - depth > 2) {
      for (const { text, records } of first) bitmaps.scope(() => below(depth + 1, [...outer, text], within ? within.and(records) : records))
      return
    }
    const [rows, others] = [first.map(({ records }) => records), (second ?? []).map(({ records }) => records)]
    if (rows.length === 0 || second && others.length === 0) return
    const { counts, sums } = bitmaps.groups({ rows, ...(second && { others }), ...(within && { filter: within }), ...(values && { values }) })
    const width = second ? others.length : 1
    counts.forEach((count, place) => {
      if (count === 0) return
      const [one, other] = [first[Math.floor(place / width)], second?.[place % width]]
      if (!one) return
      const members = [...outer, one.text, ...other ? [other.text] : []]
      groups.push({ members, count, ...aggregated(here, aggregate, sums[place], () => both(one.records, other?.records, within)) })
    })
  }
  below(0, [], filter)
  return groups
}

const both = (one: Bitmap, other: Bitmap | undefined, filter: Bitmap | undefined): Bitmap => {
  const pair = other ? one.and(other) : one
  return filter ? pair.and(filter) : pair
}

const summed = (here: At, field: Field): Slices =>
  isNumeric(field) ? here.data.index.numbers(field).slices : refuse(`cannot sum field ${JSON.stringify(field.name)} of type ${field.options.type}`)

const aggregated = (here: At, aggregate: Aggregate | undefined, sum: bigint | undefined, records: () => Bitmap): Pick<Group, 'aggregate'> => {
  if (!aggregate) return {}
  if (aggregate.kind === 'sum') return { aggregate: sum ?? 0n }
  return { aggregate: here.space.bitmaps.scope(() => BigInt(countDistinct(aggregate.call, here, records()))) }
}

const numberAt = ({ count, aggregate = 0n }: Group, key: string): bigint => key === 'count' ? BigInt(count) : aggregate

const passes = (having: Call, group: Group, aggregate: Aggregate | undefined): boolean => {
  if (having.name !== 'Condition') return refuse('the only supported having call is Condition()')
  const [asked, ...more] = having.args
  if (!asked || more.length > 0) return refuse('Condition() must contain a single condition')
  if (asked.key !== 'count' && asked.key !== 'sum' && asked.key !== 'aggregate') return refuse('Condition() only supports count or sum')
  const scale = asked.key !== 'count' && aggregate?.field.options.type === 'decimal' ? aggregate.field.options.scale : 0
  return holds(numberAt(group, asked.key) * one(18 - scale), asked.value)
}

const one = (zeros: number): bigint => 10n ** BigInt(zeros)

/** A constant at the scale that everything is compared at. */
const constant = (value: Argument['value']): bigint => {
  if (value.kind === 'int') return value.value * one(18)
  if (value.kind !== 'decimal') return refuse('Condition() compares with numbers')
  return value.scale <= 18 ? value.unscaled * one(18 - value.scale) : value.unscaled / one(value.scale - 18)
}

const comparisons: Readonly<Record<Exclude<Operator, '><'>, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b, '!=': (a, b) => a !== b, '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b,
}

const holds = (number: bigint, asked: Argument['value']): boolean => {
  if (asked.kind === 'range') {
    const [low, high] = [constant(asked.low), constant(asked.high)]
    return comparisons[asked.includesLow ? '>=' : '>'](number, low) && comparisons[asked.includesHigh ? '<=' : '<'](number, high)
  }
  if (asked.kind !== 'condition') return number === constant(asked)
  return asked.op === '><' ? refuse('Condition() needs two numbers for ><') : comparisons[asked.op](number, constant(asked.value))
}

interface Order { readonly key: string; readonly isRising: boolean }

const orderOf = (call: Call): readonly Order[] => {
  const text = plain(call, 'sort')
  if (text?.kind !== 'string') return []
  return doing('parsing sort spec', () => text.value.split(',').map((part) => {
    const [key = '', way, ...more] = part.trim().split(/\s+/)
    if (!['count', 'aggregate', 'sum'].includes(key)) return refuse(`sorting is only supported on count, aggregate, or sum, not '${key}'`)
    if (more.length > 0 || way !== undefined && way !== 'asc' && way !== 'desc') return refuse(`invalid sort directive: '${part.trim()}'`)
    return { key, isRising: way === 'asc' }
  }))
}

const inOrder = (groups: readonly Group[], order: readonly Order[]): readonly Group[] => groups.toSorted((a, b) => {
  for (const { key, isRising } of order) {
    const [left, right] = [numberAt(a, key), numberAt(b, key)]
    if (left !== right) return (left < right) === isRising ? -1 : 1
  }
  return 0
})

/** As the original does: where nothing is sorted, the limit is taken before the offset, and an offset past the end is none. */
const pageOf = (call: Call, groups: readonly Group[], isSorted: boolean): readonly Group[] => {
  const [limit, offset = 0] = [intArgument(valueOf(call, 'limit')), intArgument(valueOf(call, 'offset'))]
  if ((limit ?? 0) < 0 || offset < 0) refuse('limit and offset must not be negative')
  const first = isSorted || limit === undefined ? groups : groups.slice(0, limit)
  const rest = offset < first.length ? first.slice(offset) : first
  return isSorted && limit !== undefined ? rest.slice(0, limit) : rest
}

const groupJson = ({ members, count, aggregate }: Group, asked: Aggregate | undefined): string => {
  const group = `{"group":[${members.join(',')}],"count":${count}`
  if (!asked || aggregate === undefined) return `${group}}`
  const { options } = asked.field
  if (asked.kind === 'distinct') return `${group},"aggregate":${aggregate}}`
  return `${group},"sum":${options.type === 'decimal' ? decimalText(aggregate, options.scale) : aggregate}}`
}

