import { meaningError } from '../error.js'
import type { Expression } from '../tree.js'
import type { TypedExpression } from '../typed.js'
import { decimalOf, simple } from '../types.js'
import { coerced, constant, isUntyped, numberConstant } from './coercion.js'
import { isInteger } from './compatible.js'
import { expected, outOfRange } from './messages.js'

type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>
export type Literal = Of<'null' | 'bool' | 'integer' | 'float' | 'string' | 'date'>

/** More digits than this behind the point are no decimal. */
const maxScale = 18

const floating = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i

/** Exact: as many digits behind the point as it has, its exponent counted in. */
const float = ({ text, at }: Of<'float'>, sign: bigint): TypedExpression => {
  const [found, whole = '', part = '', exponent = '0'] = floating.exec(text) ?? []
  const scale = part.length - Number(exponent)
  if (found === undefined || scale > maxScale || scale < -maxScale) throw outOfRange(at, text)
  const digits = BigInt(whole + part || '0') * 10n ** BigInt(Math.max(0, -scale))
  return numberConstant(sign * digits, decimalOf(Math.max(0, scale)), at, text)
}

export const checkLiteral = (literal: Literal): TypedExpression => {
  const { at } = literal
  switch (literal.kind) {
    case 'null': return constant(null, simple('void'), at)
    case 'bool': return constant(literal.value, simple('bool'), at)
    case 'integer': return numberConstant(literal.value, simple('int'), at)
    case 'float': return float(literal, 1n)
    case 'string': return constant(literal.value, simple('string'), at)
    case 'date': return { kind: 'call', name: literal.word.toUpperCase(), arguments: [], type: simple('timestamp'), at }
  }
}

/** A number under a minus, in one piece, so that the lowest of 64 bits can be written; undefined for anything else. */
export const checkNegative = (operand: Expression, at: Expression['at']): TypedExpression | undefined => {
  if (operand.kind === 'integer') return numberConstant(-operand.value, simple('int'), at)
  return operand.kind === 'float' ? { ...float(operand, -1n), at } : undefined
}

const ascending = (members: readonly bigint[]): readonly bigint[] => [...new Set(members)].sort((one, other) => one < other ? -1 : 1)

/** A set literal, its members checked: ids or texts, as the first one says. */
export const setOf = (members: readonly TypedExpression[], at: Expression['at']): TypedExpression => {
  const first = members.find((member) => !isUntyped(member)) ?? members[0]
  if (!first) throw meaningError(at, 'set literal must contain at least one member')
  const ofTexts = first.type.name === 'string'
  if (!ofTexts && !isInteger(first.type)) throw meaningError(first.at, 'set literal must contain ints or strings')
  const member = simple(ofTexts ? 'string' : 'id')
  const type = simple(ofTexts ? 'stringset' : 'idset')
  const typed = members.map((each) => {
    if (!isUntyped(each) && (ofTexts ? each.type.name !== 'string' : !isInteger(each.type))) {
      throw expected(each.at, ofTexts ? 'string expression' : 'integer expression')
    }
    if (each.kind === 'constant' && typeof each.value === 'bigint' && each.value < 0n) throw outOfRange(each.at, String(each.value))
    return coerced(each, member)
  })
  const texts = typed.flatMap((each) => each.kind === 'constant' && typeof each.value === 'string' ? [each.value] : [])
  if (ofTexts && texts.length === typed.length) return constant([...new Set(texts)], type, at)
  const ids = typed.flatMap((each) => each.kind === 'constant' && typeof each.value === 'bigint' ? [each.value] : [])
  if (!ofTexts && ids.length === typed.length) return constant(ascending(ids), type, at)
  return { kind: 'set', members: typed, type, at }
}
