import type { AggregateName, TypedExpression } from '../typed.js'
import { type DataType, decimalOf, simple } from '../types.js'
import { assigned, coerced, isUntyped } from './coercion.js'
import { isNumber } from './compatible.js'
import type { Call } from './functions.js'
import { expected, idNotAggregated, notPassable, type Wanted, wrongCount } from './messages.js'

const names: readonly string[] = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'PERCENTILE', 'VAR', 'CORR'] satisfies readonly AggregateName[]

export const isAggregate = (name: string): name is AggregateName => names.includes(name)

const [average, statistic] = [decimalOf(4), decimalOf(6)]

interface Rule {
  readonly takes: (type: DataType) => boolean
  readonly wanted: Wanted
  readonly result: DataType | undefined
}

const isMeasure = (type: DataType): boolean => isNumber(type) || type.name === 'timestamp'
const measure = { takes: isMeasure, wanted: 'integer, decimal or timestamp expression' } as const

/** Without a result it is the argument's type. */
const rules: Readonly<Record<Exclude<AggregateName, 'COUNT'>, Rule>> = {
  SUM: { takes: isNumber, wanted: 'integer or decimal expression', result: undefined },
  AVG: { takes: isNumber, wanted: 'integer or decimal expression', result: average },
  MIN: { takes: (type) => isMeasure(type) || type.name === 'string', wanted: 'integer, decimal, timestamp or string expression', result: undefined },
  MAX: { takes: (type) => isMeasure(type) || type.name === 'string', wanted: 'integer, decimal, timestamp or string expression', result: undefined },
  PERCENTILE: { ...measure, result: undefined },
  VAR: { ...measure, result: statistic },
  CORR: { ...measure, result: statistic },
}

const refuseId = (call: Call, argument: TypedExpression): void => {
  if (argument.kind === 'column' && argument.column.toLowerCase() === '_id') throw idNotAggregated(argument.at, call.name.text)
}

const measured = (call: Call, argument: TypedExpression, { takes, wanted }: Rule): TypedExpression => {
  refuseId(call, argument)
  const typed = isUntyped(argument) ? coerced(argument, simple('int')) : argument
  if (!takes(typed.type)) throw expected(typed.at, wanted)
  return typed
}

const count = (call: Call, given: readonly TypedExpression[]): TypedExpression => {
  const shape = { kind: 'aggregate', name: 'COUNT', by: undefined, type: simple('int'), at: call.name.at } as const
  if (call.star) return { ...shape, distinct: false, argument: undefined }
  const [argument] = given
  if (!argument || given.length !== 1) throw wrongCount(call.end, call.name.text, 1, given.length)
  if (argument.kind !== 'column') throw expected(argument.at, 'column reference')
  return { ...shape, distinct: call.distinct, argument }
}

/** FeatureBase names the types of PERCENTILE's number the other way round. */
const percentage = (given: TypedExpression): TypedExpression => {
  const typed = assigned(given, average, (at, from, to) => notPassable(at, to, from))
  if (given.kind !== 'constant' && given.kind !== 'parameter') throw expected(given.at, 'literal expression')
  return typed
}

/** Where the star of `sum(*)` stands: right before what closes it. */
const starOf = ({ end }: Call): Call['end'] => ({ line: end.line, column: end.column - 1 })

export const applyAggregate = (call: Call, name: AggregateName, given: readonly TypedExpression[]): TypedExpression => {
  if (name === 'COUNT') return count(call, given)
  const rule = rules[name]
  const hasOther = name === 'PERCENTILE' || name === 'CORR'
  if (call.star) throw expected(starOf(call), 'column reference')
  const [argument, other] = given
  if (!argument || given.length !== (hasOther ? 2 : 1)) throw wrongCount(call.end, call.name.text, name === 'CORR' ? 2 : 1, given.length)
  if (name === 'PERCENTILE' && argument.kind !== 'column') throw expected(argument.at, 'column reference')
  const typed = measured(call, argument, rule)
  const by = other && (name === 'CORR' ? measured(call, other, rule) : percentage(other))
  return { kind: 'aggregate', name, distinct: call.distinct, argument: typed, by, type: rule.result ?? typed.type, at: call.name.at }
}
