import type { Bitmap, Column, Comparison } from '@tenantry/bitmaps'
import { type TypedExpression, type TypedOperator, type Value, isSet, likePattern } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { beyond } from '../../store/beyond.js'
import { type Field, hasWords, isMany, isNumeric } from '../../store/catalogue.js'
import { nanosOf } from '../../store/field-options.js'
import { columnOf } from '../../store/ids.js'
import type { TableData } from '../../table-data.js'
import { idName } from '../types.js'
import { type WholeComparison, wholeComparison } from './whole.js'

/** The table that is asked, by the number that its source has in the statement. */
export interface Asked {
  readonly space: Space
  readonly data: TableData
  readonly source: number
}

/**
 * A condition as bitmaps: the records of which it holds, and those of which it does not. It is unknown of all others. Bitmaps belong to the
 * scope that is open, or to the index itself: nobody changes them.
 */
export interface Predicate {
  readonly holds: () => Bitmap
  readonly fails: () => Bitmap
  /** Of how many records it holds, where that is cheaper than making a bitmap of them. */
  readonly count?: () => number
  /** Of how many records of a filter it holds, where that can be told without making a bitmap of them. */
  readonly countWithin?: (filter: Bitmap) => number
}

/** Of how many records a condition holds. */
export const countOf = (predicate: Predicate): number => predicate.count?.() ?? predicate.holds().count()

type Of<K extends TypedExpression['kind']> = Extract<TypedExpression, { kind: K }>

const flipped: Readonly<Partial<Record<TypedOperator, TypedOperator>>> = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const comparisons: Readonly<Partial<Record<TypedOperator, Comparison>>> = { '=': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** The condition as bitmaps answer it; undefined when they cannot. */
export const predicateOf = (asked: Asked, condition: TypedExpression): Predicate | undefined => {
  switch (condition.kind) {
    case 'binary': return binary(asked, condition)
    case 'unary': return condition.operator === 'not' ? swapped(predicateOf(asked, condition.operand)) : undefined
    case 'between': return between(asked, condition)
    case 'in': return among(asked, condition)
    case 'null test': return nullTest(asked, condition)
    case 'call': return setCall(asked, condition)
    case 'column': return condition.type.name === 'bool' ? compared(asked, condition, '==', true) : undefined
    default: return undefined
  }
}

const swapped = (predicate: Predicate | undefined): Predicate | undefined => predicate && { holds: predicate.fails, fails: predicate.holds }

const negatedIf = (not: boolean, predicate: Predicate | undefined): Predicate | undefined => not ? swapped(predicate) : predicate

const binary = (asked: Asked, { operator, left, right }: Of<'binary'>): Predicate | undefined => {
  if (operator === 'and' || operator === 'or') {
    const [one, other] = [predicateOf(asked, left), predicateOf(asked, right)]
    if (!one || !other) return undefined
    return operator === 'and' ? both(asked, one, other) : either(asked, one, other)
  }
  if (operator === 'like' || operator === 'not like') return negatedIf(operator === 'not like', like(asked, left, right))
  if (left.kind === 'column' && right.kind === 'constant') return operatorOn(asked, left, operator, right)
  // Of sets, the one has to have what the other has: which is which makes a difference.
  const turned = isSet(right.type) ? undefined : flipped[operator]
  return turned && right.kind === 'column' && left.kind === 'constant' ? operatorOn(asked, right, turned, left) : undefined
}

const both = ({ space: { bitmaps } }: Asked, one: Predicate, other: Predicate): Predicate => ({
  holds: () => one.holds().and(other.holds()),
  fails: () => bitmaps.union([one.fails(), other.fails()]),
  count: () => one.countWithin?.(other.holds()) ?? other.countWithin?.(one.holds()) ?? one.holds().andCount(other.holds()),
})

const either = ({ space: { bitmaps } }: Asked, one: Predicate, other: Predicate): Predicate => ({
  holds: () => bitmaps.union([one.holds(), other.holds()]),
  fails: () => one.fails().and(other.fails()),
})

const operatorOn = (asked: Asked, column: Of<'column'>, operator: TypedOperator, { value, type }: Of<'constant'>): Predicate | undefined => {
  const op = comparisons[operator]
  if (!op || value === null) return undefined
  return compared(asked, column, op, value, type.name === 'decimal' ? type.scale : 0)
}

/** More words than this are not looked through. */
const mostWords = 10_000

const like = (asked: Asked, column: TypedExpression, pattern: TypedExpression): Predicate | undefined => {
  const field = fieldOf(asked, column)
  if (!field || field.options.type !== 'mutex' || !hasWords(field) || pattern.kind !== 'constant' || typeof pattern.value !== 'string') return undefined
  const { space, data } = asked
  if (data.index.sets(field).rows().length > mostWords) return undefined
  const matches = likePattern(pattern.value)
  return ofThoseHaving(asked, field, () => space.bitmaps.union(data.index.sets(field).rows().filter(({ id }) => matches(space.words(field).word(Number(id)) ?? '')).map(({ bitmap }) => bitmap)))
}

export const fieldOf = ({ data, source }: Asked, column: TypedExpression): Field | undefined =>
  column.kind === 'column' && column.source === source ? data.field(column.column) : undefined

export const isId = ({ source }: Asked, column: TypedExpression): boolean => column.kind === 'column' && column.source === source && column.column === idName

/** The records that have a value of a field. */
export const having = ({ data: { index } }: Asked, field: Field): Bitmap => isNumeric(field) ? index.numbers(field).slices.columns() : index.sets(field).touched()

const ofThoseHaving = (asked: Asked, field: Field, holds: () => Bitmap): Predicate => ({ holds, fails: () => having(asked, field).andNot(holds()) })

const compared = (asked: Asked, column: Of<'column'>, op: Comparison, value: Exclude<Value, null>, scale = 0): Predicate | undefined => {
  if (isId(asked, column)) return comparedId(asked, op, value)
  const field = fieldOf(asked, column)
  if (!field) return undefined
  if (isNumeric(field)) return typeof value === 'bigint' ? comparedNumber(asked, field, op, value, scale) : undefined
  if (isMany(field)) return (op === '==' || op === '!=') && Array.isArray(value) ? negatedIf(op === '!=', containsAll(asked, field, value as readonly (bigint | string)[])) : undefined
  if (op !== '==' && op !== '!=') return undefined
  if (Array.isArray(value)) return undefined
  const rows = ofThoseHaving(asked, field, () => rowOf(asked, field, value as bigint | boolean | string) ?? asked.space.bitmaps.empty())
  return negatedIf(op === '!=', rows)
}

const comparedId = (asked: Asked, op: Comparison, value: Value): Predicate | undefined => {
  if (op !== '==' && op !== '!=') return undefined
  const { space, data } = asked
  const all = (): Bitmap => data.index.all().bitmap
  const record = (): Column | undefined => typeof value === 'bigint' ? value < 0n ? undefined : columnOf(value) : typeof value === 'string' ? space.keys(data.table).find(value) : undefined
  const holds = (): Bitmap => {
    const found = record()
    return found !== undefined && all().has(found) ? space.bitmaps.of([BigInt(found)]) : space.bitmaps.empty()
  }
  return negatedIf(op === '!=', { holds, fails: () => all().andNot(holds()) })
}

const constantIn = (field: Field, value: bigint, scale: number): { readonly over: bigint; readonly under: bigint } => {
  const { options } = field
  if (options.type === 'timestamp') return { over: value - options.epochNanos, under: nanosOf(options.timeUnit) }
  const own = options.type === 'decimal' ? options.scale : 0
  return own >= scale ? { over: value * 10n ** BigInt(own - scale), under: 1n } : { over: value, under: 10n ** BigInt(scale - own) }
}

const comparedNumber = (asked: Asked, field: Field, op: Comparison, value: bigint, scale: number): Predicate => {
  const { over, under } = constantIn(field, value, scale)
  return numbers(asked, field, wholeComparison(op, over, under))
}

const numbers = (asked: Asked, field: Field, comparison: WholeComparison): Predicate => {
  const slices = () => asked.data.index.numbers(field).slices
  const none = (): Bitmap => asked.space.bitmaps.empty()
  const all = (): Bitmap => slices().columns()
  const outside = comparison === 'always' ? true : comparison === 'never' ? false : beyond(comparison.op, comparison.value)
  if (outside !== undefined) return outside ? { holds: all, fails: none } : { holds: none, fails: all }
  const { op, value } = comparison as Exclude<WholeComparison, string>
  return {
    holds: () => slices().compare(op, value),
    fails: () => slices().compare(opposite[op], value),
    count: () => slices().compareCount(op, value),
    countWithin: (filter) => slices().compareCount(op, value, filter),
  }
}

const opposite: Readonly<Record<Comparison, Comparison>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

const between = (asked: Asked, { not, operand, low, high }: Of<'between'>): Predicate | undefined => {
  const field = fieldOf(asked, operand)
  if (!field || !isNumeric(field) || operand.kind !== 'column' || low.kind !== 'constant' || high.kind !== 'constant') return undefined
  const [least, most] = [operatorOn(asked, operand, '>=', low), operatorOn(asked, operand, '<=', high)]
  return least && most && negatedIf(not, both(asked, least, most))
}

const mostAmong = 10_000

const among = (asked: Asked, { not, operand, among: list }: Of<'in'>): Predicate | undefined => {
  if (operand.kind !== 'column' || !Array.isArray(list)) return undefined
  const members = list as readonly TypedExpression[]
  if (members.length === 0 || members.length > mostAmong) return undefined
  const each = members.map((member) => member.kind === 'constant' ? operatorOn(asked, operand, '=', member) : undefined)
  if (!each.every((one) => one !== undefined)) return undefined
  const { bitmaps } = asked.space
  const holds = (): Bitmap => bitmaps.union(each.map((one) => one.holds()))
  const field = fieldOf(asked, operand)
  const all = (): Bitmap => field ? having(asked, field) : asked.data.index.all().bitmap
  return negatedIf(not, { holds, fails: () => all().andNot(holds()) })
}

const nullTest = (asked: Asked, { not, operand }: Of<'null test'>): Predicate | undefined => {
  const field = fieldOf(asked, operand)
  if (!field) return undefined
  const all = (): Bitmap => asked.data.index.all().bitmap
  const has = (): Bitmap => having(asked, field)
  return negatedIf(not, { holds: () => all().andNot(has()), fails: has })
}

const rowOf = ({ space, data }: Asked, field: Field, value: bigint | boolean | string): Bitmap | undefined => {
  const row = typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? space.words(field).find(value) : value < 0n ? undefined : columnOf(value)
  return row === undefined ? undefined : data.index.sets(field).row(row)
}

const membersOf = (expression: TypedExpression | undefined): readonly (bigint | string)[] | undefined => {
  if (expression?.kind !== 'constant' || expression.value === null || typeof expression.value === 'boolean') return undefined
  return Array.isArray(expression.value) ? expression.value as readonly (bigint | string)[] : [expression.value as bigint | string]
}

const containsAll = (asked: Asked, field: Field, members: readonly (bigint | string)[]): Predicate => {
  const { bitmaps } = asked.space
  return ofThoseHaving(asked, field, () => members.length === 0 ? bitmaps.empty() : bitmaps.intersection(members.map((member) => rowOf(asked, field, member) ?? bitmaps.empty())))
}

const setCall = (asked: Asked, { name, arguments: [set, wanted] }: Of<'call'>): Predicate | undefined => {
  const field = set && fieldOf(asked, set)
  const members = membersOf(wanted)
  if (!field || !members || !isMany(field)) return undefined
  const { bitmaps } = asked.space
  switch (name) {
    case 'SETCONTAINS':
    case 'SETCONTAINSALL': return containsAll(asked, field, members)
    case 'SETCONTAINSANY': return ofThoseHaving(asked, field, () => bitmaps.union(members.flatMap((member) => rowOf(asked, field, member) ?? [])))
    default: return undefined
  }
}
