import { meaningError } from '../error.js'
import type { TypedExpression } from '../typed.js'
import { isSet, simple } from '../types.js'
import { coerced, isUntyped } from './coercion.js'
import { areComparable, isAssignable, isVoid, memberType } from './compatible.js'
import type { Call } from './functions.js'
import { expected, notAssignable, notEquatable, wrongCount } from './messages.js'

type SetFunction = 'SETCONTAINS' | 'SETCONTAINSANY' | 'SETCONTAINSALL' | 'RANGEQ'
const names: readonly string[] = ['SETCONTAINS', 'SETCONTAINSANY', 'SETCONTAINSALL', 'RANGEQ'] satisfies readonly SetFunction[]

export const isSetFunction = (name: string): name is SetFunction => names.includes(name)

type Pair = readonly [TypedExpression, TypedExpression]

/** A member of the set. */
const member = (set: TypedExpression, value: TypedExpression): Pair => {
  const of = memberType(set.type)
  if (!of) throw expected(set.at, 'set expression')
  const known = isUntyped(value) ? coerced(value, of) : value
  if (!areComparable(of, known.type)) throw notEquatable(known.at, set.type, known.type)
  const isId = of.name === 'id' && known.kind === 'constant' && known.type.name === 'int' && typeof known.value === 'bigint' && known.value >= 0n
  return [set, isId ? coerced(known, of) : known]
}

/** Two sets of the same kind of members; FeatureBase shows the place of the first for either. */
const sets = (one: TypedExpression, other: TypedExpression): Pair => {
  const [of, ofOther] = [memberType(one.type), isUntyped(other) ? memberType(one.type) : memberType(other.type)]
  if (!of || !ofOther) throw expected(one.at, 'set expression')
  if (!areComparable(of, ofOther)) throw notEquatable(other.at, of, ofOther)
  return [one, isUntyped(other) ? coerced(other, simple(of.name === 'id' ? 'idset' : 'stringset')) : other]
}

const moment = (argument: TypedExpression, column: TypedExpression): TypedExpression => {
  const type = simple('timestamp')
  if (!isAssignable(type, argument.type)) throw notAssignable(column.at, column.type, type)
  return coerced(argument, type)
}

/** What of a time quantum lies in a span that is open at one end at most. */
const applyRangeq = (call: Call, column: TypedExpression, from: TypedExpression, to: TypedExpression): readonly TypedExpression[] => {
  if (!isSet(column.type) || !column.type.name.endsWith('q')) throw expected(column.at, 'time quantum expression')
  if (column.kind !== 'column') throw expected(column.at, 'column reference')
  const isOpen = (end: TypedExpression): boolean => isVoid(end.type) && !isUntyped(end)
  const span = [moment(from, column), moment(to, column)]
  if (isOpen(from) && isOpen(to)) throw meaningError(call.end, "calling ranqeq() 'from' and 'to' parameters cannot both be null")
  return [column, ...span]
}

export const applySetFunction = (call: Call, name: SetFunction, given: readonly TypedExpression[]): TypedExpression => {
  const [first, second, third] = given
  const wanted = name === 'RANGEQ' ? 3 : 2
  if (!first || !second || given.length !== wanted) throw wrongCount(call.end, call.name.text, wanted, given.length)
  const typed = third ? applyRangeq(call, first, second, third) : name === 'SETCONTAINS' ? member(first, second) : sets(first, second)
  return { kind: 'call', name, arguments: typed, type: simple('bool'), at: call.name.at }
}
