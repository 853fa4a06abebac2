import { queryOf, walk } from '../check/walk.js'
import { castValue } from '../functions/casts.js'
import { rescale } from '../functions/decimals.js'
import { callFunction } from '../functions/index.js'
import { likePattern } from '../functions/like.js'
import { int64, outOfRange } from '../functions/refuse.js'
import { int, text, truth } from '../functions/scalar.js'
import type { TypedExpression, Value } from '../typed.js'
import { type DataType, isSet, scaleOf } from '../types.js'
import { calculated } from './arithmetic.js'
import type { Around, Evaluate } from './around.js'
import { compared } from './comparison.js'

type Of<K extends TypedExpression['kind']> = Extract<TypedExpression, { kind: K }>

/** An expression as a function of what it is evaluated with, for one that asks no database: queries and aggregates are none. */
export const evaluatorOf = (expression: TypedExpression): Evaluate => {
  switch (expression.kind) {
    case 'constant': return () => expression.value
    case 'parameter': return ({ parameters = [] }) => parameters[expression.index - 1] ?? null
    case 'column': return ({ column }) => column?.(expression.source, expression.column) ?? null
    case 'mapped': return ({ mapped = [] }) => mapped[expression.index] ?? null
    case 'unary': return unary(expression)
    case 'binary': return binary(expression)
    case 'between': return between(expression)
    case 'in': return among(expression)
    case 'null test': return nullTest(expression)
    case 'case': return choice(expression)
    case 'cast': return cast(expression)
    case 'set': return set(expression)
    case 'call': return call(expression)
    case 'exists':
    case 'aggregate':
    case 'query': throw new TypeError(`${expression.kind} asks a database`)
  }
}

/** Whether an expression has a query or an aggregate in it, for which there must be tables. */
export const asksDatabase = (expression: TypedExpression): boolean => {
  let asks = false
  walk([expression], 'without queries', (part) => {
    asks ||= part.kind === 'aggregate' || queryOf(part) !== undefined
    return !asks
  })
  return asks
}

/** A value where another type stands in for its own: a number at another scale. */
const as = (value: Value, from: DataType, to: DataType): Value => typeof value === 'bigint' && to.name === 'decimal' ? int64(rescale(value, scaleOf(from), to.scale)) : value

const negation = (value: Value): Value => value === null ? null : !truth(value)
const negatedIf = (not: boolean, value: Value): Value => not ? negation(value) : value

const unary = ({ operator, operand, type }: Of<'unary'>): Evaluate => {
  const given = evaluatorOf(operand)
  return (around) => {
    const value = given(around)
    if (value === null) return null
    switch (operator) {
      case 'not': return negation(value)
      case '!': return ~int(value)
      case '-': return int64(-int(as(value, operand.type, type)))
      case '+': return as(value, operand.type, type)
    }
  }
}

const binary = (expression: Of<'binary'>): Evaluate => {
  const { operator, left, right, type } = expression
  const [one, other] = [evaluatorOf(left), evaluatorOf(right)]
  const types = [left.type, right.type] as const
  const both = (of: (left: Exclude<Value, null>, right: Exclude<Value, null>) => Value): Evaluate => (around) => {
    const [first, second] = [one(around), other(around)]
    return first === null || second === null ? null : of(first, second)
  }
  switch (operator) {
    case 'and':
    case 'or': return logic(operator === 'or', one, other)
    case 'like':
    case 'not like': return like(expression, both)
    case '||': return both((first, second) => joined(text(first), text(second)))
    case '=': case '!=': case '<': case '<=': case '>': case '>=': return both((first, second) => compared(operator, first, second, types))
    default: return both((first, second) => calculated(operator, int(first), int(second), [...types, type]))
  }
}

/** Texts may be joined to one that is longer than what functions make, but not without end. */
const longestJoined = 2 ** 25

const joined = (left: string, right: string): string => left.length + right.length <= longestJoined ? left + right : outOfRange(left.length + right.length)

/** `decides` is the truth that one side alone settles. */
const logic = (decides: boolean, one: Evaluate, other: Evaluate): Evaluate => (around) => {
  const first = one(around)
  if (first === decides) return decides
  const second = other(around)
  return second === decides ? decides : first === null || second === null ? null : !decides
}

const like = ({ operator, right }: Of<'binary'>, both: (of: (left: Exclude<Value, null>, right: Exclude<Value, null>) => Value) => Evaluate): Evaluate => {
  const known = right.kind === 'constant' && typeof right.value === 'string' ? likePattern(right.value) : undefined
  return both((value, pattern) => (known ?? likePattern(text(pattern)))(text(value)) === (operator === 'like'))
}

const between = ({ not, operand, low, high }: Of<'between'>): Evaluate => {
  const [given, least, most] = [evaluatorOf(operand), evaluatorOf(low), evaluatorOf(high)]
  return (around) => {
    const value = given(around)
    const [above, below] = [compared('>=', value, least(around), [operand.type, low.type]), compared('<=', value, most(around), [operand.type, high.type])]
    return negatedIf(not, above === false || below === false ? false : above === null || below === null ? null : true)
  }
}

const among = ({ not, operand, among: list }: Of<'in'>): Evaluate => {
  if ('kind' in list) throw new TypeError('a query asks a database')
  const given = evaluatorOf(operand)
  const each = list.map((member) => ({ type: member.type, of: evaluatorOf(member) }))
  return (around) => {
    const value = given(around)
    const found = each.map(({ type, of }) => compared('=', value, of(around), [operand.type, type]))
    return negatedIf(not, found.includes(true) ? true : found.includes(null) ? null : false)
  }
}

const nullTest = ({ not, operand }: Of<'null test'>): Evaluate => {
  const given = evaluatorOf(operand)
  return (around) => (given(around) === null) !== not
}

const choice = ({ operand, branches, otherwise, type }: Of<'case'>): Evaluate => {
  const given = operand && { type: operand.type, of: evaluatorOf(operand) }
  const ways = branches.map(({ condition, result }) => ({ type: condition.type, when: evaluatorOf(condition), then: resultOf(result, type) }))
  const last = otherwise && resultOf(otherwise, type)
  return (around) => {
    const value = given?.of(around)
    const way = ways.find(({ type: tested, when }) => given && value !== undefined ? compared('=', value, when(around), [given.type, tested]) : when(around))
    return (way?.then ?? last)?.(around) ?? null
  }
}

const resultOf = (expression: TypedExpression, type: DataType): Evaluate => {
  const given = evaluatorOf(expression)
  return (around) => as(given(around), expression.type, type)
}

const cast = ({ operand, type }: Of<'cast'>): Evaluate => {
  const given = evaluatorOf(operand)
  return (around) => castValue(given(around), operand.type, type)
}

const ascending = (one: bigint | string, other: bigint | string): number => one < other ? -1 : one > other ? 1 : 0

const isMember = (value: Value): value is bigint | string => typeof value === 'bigint' || typeof value === 'string'

/** Members once, those that there are. */
const set = ({ members, type }: Of<'set'>): Evaluate => {
  const each = members.map(evaluatorOf)
  return (around) => {
    const found = [...new Set(each.map((member) => member(around)).filter(isMember))].sort(ascending)
    if (found.length === 0) return null
    return type.name.startsWith('string') ? found.map(String) : found.map(BigInt)
  }
}

const nanosInDay = 86_400_000_000_000n

const now = ({ now: given }: Around): bigint => given ?? 0n

const call = ({ name, arguments: given, type }: Of<'call'>): Evaluate => {
  if (name === 'CURRENT_TIMESTAMP') return now
  if (name === 'CURRENT_DATE') return (around) => now(around) - (now(around) % nanosInDay + nanosInDay) % nanosInDay
  const each = given.map(evaluatorOf)
  if (name === 'COALESCE') return first(given.map((one) => resultOf(one, type)))
  const types = given.map((one) => one.type)
  // A member where a set is asked for is a set of it; both are values of one function.
  const called = name === 'SETCONTAINS' && types[1] && isSet(types[1]) ? 'SETCONTAINSALL' : name
  return (around) => callFunction(called, each.map((one) => one(around)), types)
}

const first = (each: readonly Evaluate[]): Evaluate => (around) => {
  for (const one of each) {
    const value = one(around)
    if (value !== null) return value
  }
  return null
}
