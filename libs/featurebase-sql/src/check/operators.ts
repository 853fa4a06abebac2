import { meaningError } from '../error.js'
import type { Expression } from '../tree.js'
import type { TypedExpression, TypedOperator } from '../typed.js'
import { type DataType, simple } from '../types.js'
import { areComparable, arithmeticType, bitwiseType, isInteger, takesArithmetic, takesEquality, takesLogic, takesOrder } from './compatible.js'
import { asMoment, beside, coerced, constant, isUntyped, numberConstant, settled } from './coercion.js'
import { expected, notEquatable, operatorRefuses, typesDiffer } from './messages.js'

type Binary = Extract<Expression, { readonly kind: 'binary' }>
type Operator = Exclude<Binary['operator'], 'is' | 'is not'>
interface Sides {
  readonly left: TypedExpression
  readonly right: TypedExpression
}
interface Result extends Sides {
  readonly type: DataType
}

const bool = simple('bool')

/** Both sides are of what `takes` says, the left one asked first. */
const bothTake = (operator: Operator, { left, right }: Sides, takes: (type: DataType) => boolean): void => {
  if (!takes(left.type)) throw operatorRefuses(left.at, operator, left.type)
  if (!takes(right.type)) throw operatorRefuses(right.at, operator, right.type)
}

/** Parameters take the type of the other side, or `otherwise` where the operator knows but one. */
const withTypes = ({ left, right }: Sides, otherwise?: DataType): Sides => {
  if (otherwise) return { left: isUntyped(left) ? coerced(left, otherwise) : left, right: isUntyped(right) ? coerced(right, otherwise) : right }
  if (isUntyped(left)) return isUntyped(right) ? { left: settled(left), right } : { left: coerced(left, right.type), right }
  return isUntyped(right) ? { left, right: coerced(right, left.type) } : { left, right }
}

const compared = ({ left, right }: Sides): Result => {
  if (!areComparable(left.type, right.type)) throw notEquatable(left.at, left.type, right.type)
  return { left: beside(left, right), right: beside(right, left), type: bool }
}

const equality = (operator: Operator, sides: Sides): Result => {
  const { left, right } = withTypes(sides)
  bothTake(operator, { left, right }, takesEquality)
  return compared({ left, right: asMoment(right, left.type) })
}

const order = (operator: Operator, sides: Sides): Result => {
  const { left, right } = withTypes(sides)
  if (!takesOrder(left.type)) throw operatorRefuses(left.at, operator, left.type)
  const moment = asMoment(right, left.type)
  if (!takesOrder(moment.type)) throw operatorRefuses(moment.at, operator, moment.type)
  return compared({ left, right: moment })
}

const arithmetic = (operator: Operator, sides: Sides): Result => {
  const { left, right } = withTypes(sides)
  bothTake(operator, { left, right }, (type) => takesArithmetic(type, operator))
  const type = arithmeticType(left.type, right.type)
  if (!type) throw typesDiffer(left.at, left.type, right.type)
  return { left, right, type }
}

const bits = (operator: Operator, sides: Sides): Result => {
  const { left, right } = withTypes(sides, simple('int'))
  bothTake(operator, { left, right }, isInteger)
  return { left, right, type: bitwiseType(left.type, right.type) }
}

const texts = (operator: Operator, sides: Sides, type: DataType): Result => {
  const { left, right } = withTypes(sides, simple('string'))
  bothTake(operator, { left, right }, ({ name }) => name === 'string')
  return { left, right, type }
}

const logic = (operator: Operator, sides: Sides): Result => {
  const { left, right } = withTypes(sides, bool)
  bothTake(operator, { left, right }, takesLogic)
  return { left, right, type: bool }
}

const resultOf = (operator: Operator, sides: Sides): Result => {
  switch (operator) {
    case 'and': case 'or': return logic(operator, sides)
    case '=': case '!=': return equality(operator, sides)
    case '<': case '<=': case '>': case '>=': return order(operator, sides)
    case '+': case '-': case '*': case '/': case '%': return arithmetic(operator, sides)
    case '&': case '|': case '<<': case '>>': return bits(operator, sides)
    case '||': return texts(operator, sides, simple('string'))
    case 'like': case 'not like': return texts(operator, sides, bool)
  }
}

const folds: Partial<Record<TypedOperator, (one: bigint, other: bigint) => bigint>> = {
  '+': (one, other) => one + other, '-': (one, other) => one - other, '*': (one, other) => one * other,
}

/** Sums of written whole numbers are numbers; what overflows or divides is left to the run. */
const folded = (operator: TypedOperator, { left, right, type }: Result): TypedExpression | undefined => {
  const fold = folds[operator]
  if (!fold || type.name !== 'int' || left.kind !== 'constant' || right.kind !== 'constant') return undefined
  if (typeof left.value !== 'bigint' || typeof right.value !== 'bigint') return undefined
  const value = fold(left.value, right.value)
  return BigInt.asIntN(64, value) === value ? numberConstant(value, type, left.at) : undefined
}

export const applyBinary = ({ operator }: Binary, left: TypedExpression, right: TypedExpression): TypedExpression => {
  if (operator === 'is' || operator === 'is not') {
    if (right.kind !== 'constant' || right.value !== null) throw meaningError(right.at, 'NULL expected')
    return applyNullTest(operator === 'is not', left)
  }
  const result = resultOf(operator, { left, right })
  return folded(operator, result) ?? { kind: 'binary', operator, ...result, at: left.at }
}

export const applyNullTest = (not: boolean, operand: TypedExpression): TypedExpression =>
  ({ kind: 'null test', not, operand: settled(operand), type: bool, at: operand.at })

export const applyUnary = ({ operator, at }: Extract<Expression, { readonly kind: 'unary' }>, operand: TypedExpression): TypedExpression => {
  if (operator === 'not') {
    const condition = isUntyped(operand) ? coerced(operand, bool) : operand
    if (condition.type.name !== 'bool') throw expected(condition.at, 'boolean expression')
    return { kind: 'unary', operator, operand: condition, type: bool, at }
  }
  const number = isUntyped(operand) ? coerced(operand, simple('int')) : operand
  const takes = operator === '!' ? isInteger(number.type) : takesArithmetic(number.type, operator)
  if (!takes) throw operatorRefuses(number.at, operator, number.type)
  const type = operator === '!' || number.type.name === 'decimal' ? number.type : simple('int')
  if (operator === '+' && number.kind === 'constant') return { ...number, type, at }
  if (operator === '-' && number.kind === 'constant' && typeof number.value === 'bigint') return numberConstant(-number.value, type, at)
  return { kind: 'unary', operator, operand: number, type, at }
}

/** What WHERE, HAVING, ON and WHEN ask. NULL is no condition that holds. */
export const condition = (expression: TypedExpression): TypedExpression => {
  const typed = isUntyped(expression) || expression.type.name === 'void' ? coerced(expression, bool) : expression
  if (typed.type.name !== 'bool') throw expected(typed.at, 'boolean expression')
  return typed.kind === 'constant' ? constant(typed.value, bool, typed.at) : typed
}
