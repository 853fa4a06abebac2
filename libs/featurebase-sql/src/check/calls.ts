import type { TypedExpression } from '../typed.js'
import { type DataType, simple } from '../types.js'
import { assigned, coerced, isUntyped, settled } from './coercion.js'
import { commonType, isInteger, isVoid } from './compatible.js'
import { type Call, type Parameter, type Signature, signatures } from './functions.js'
import { expected, notAssignable, notPassable, nullRefused, unknownFunction, wrongCount } from './messages.js'
import { applySetFunction, isSetFunction } from './set-functions.js'

const plain = (argument: TypedExpression, wanted: 'string' | 'int'): TypedExpression => {
  const type = simple(wanted)
  if (isVoid(argument.type)) return coerced(argument, type)
  if (wanted === 'int' ? isInteger(argument.type) : argument.type.name === 'string') return argument
  throw expected(argument.at, wanted === 'int' ? 'integer expression' : 'string expression')
}

const isNull = (argument: TypedExpression): boolean => isVoid(argument.type) && !isUntyped(argument)

const passed = (argument: TypedExpression, parameter: Parameter): TypedExpression => {
  if (parameter === 'text') return plain(argument, 'string')
  if (parameter === 'whole') return plain(argument, 'int')
  if (typeof parameter === 'object') return assigned(argument, parameter.assignedTo, parameter.inOwnWords ? notAssignable : notPassable)
  if (isNull(argument)) throw nullRefused(argument.at)
  return parameter === 'given' ? settled(argument) : plain(argument, 'int')
}

const applySignature = (call: Call, signature: Signature, given: readonly TypedExpression[]): TypedExpression => {
  const { parameters, atLeast = parameters.length, repeats, named = parameters.length, result } = signature
  if (given.length < atLeast || given.length > parameters.length && !repeats) throw wrongCount(call.end, call.name.text, named, given.length)
  const last = parameters.at(-1)
  const typed = given.map((argument, place) => {
    const parameter = parameters[place] ?? last
    return parameter === undefined ? argument : passed(argument, parameter)
  })
  return { kind: 'call', name: call.name.text.toUpperCase(), arguments: typed, type: result, at: call.name.at }
}

/** The first argument that is no NULL: all are brought to one type. */
const applyCoalesce = (call: Call, given: readonly TypedExpression[]): TypedExpression => {
  if (given.length === 0) throw wrongCount(call.end, call.name.text, 1, 0)
  const type = given.reduce<DataType>((known, { type: next, at }) => {
    const both = commonType(known, next)
    if (!both) throw notPassable(at, next, known)
    return both
  }, simple('void'))
  const typed = given.map((argument) => isVoid(type) ? settled(argument) : coerced(argument, type))
  return { kind: 'call', name: 'COALESCE', arguments: typed, type, at: call.name.at }
}

/** A function on values; aggregates are none. */
export const applyCall = (call: Call, given: readonly TypedExpression[]): TypedExpression => {
  const name = call.name.text.toUpperCase()
  const signature = signatures.get(name)
  if (signature) return applySignature(call, signature, given)
  if (isSetFunction(name)) return applySetFunction(call, name, given)
  if (name === 'COALESCE') return applyCoalesce(call, given)
  throw unknownFunction(call.name.at, call.name.text)
}
