import type { Position } from '../error.js'
import type { BinaryOperator, Expression } from '../tree.js'
import { readList, readOperand } from './operands.js'
import { advance, here, type Scanner } from './scanner.js'
import { enter, expect, expected, isAt, leave, take } from './tokens.js'
import type { Kind } from './words.js'

// How tightly what stands between operands binds. 0: it ends an expression.
const or = 1, and = 2, not = 3, equal = 4, compare = 5, bits = 7, sum = 8, product = 9, join = 10
const lowest = or

const strengths: Partial<Record<Kind, number>> = {
  OR: or, AND: and, NOT: not, IS: equal, LIKE: equal, BETWEEN: equal, IN: equal, '!=': equal, '=': equal, '>': compare, '<=': compare, '<': compare,
  '>=': compare, '&': bits, '|': bits, '<<': bits, '>>': bits, '+': sum, '-': sum, '*': product, '/': product, '%': product, '||': join,
}

const strengthOf = (kind: Kind): number => strengths[kind] ?? 0

const operators: Partial<Record<Kind, BinaryOperator>> = {
  OR: 'or', AND: 'and', LIKE: 'like', '!=': '!=', '=': '=', '>': '>', '<=': '<=', '<': '<', '>=': '>=', '&': '&', '|': '|', '<<': '<<', '>>': '>>',
  '+': '+', '-': '-', '*': '*', '/': '/', '%': '%', '||': '||',
}

interface Left {
  readonly operand: Expression
  readonly operatorAt: Position
  readonly height: number
  readonly not: boolean
}

const readIn = (scanner: Scanner, { operand, operatorAt, height, not: isNot }: Left): Expression => {
  expect(scanner, '(')
  const { members } = readList(scanner, ')', 'comma or right paren')
  const [first] = members
  const among = members.length === 1 && first?.kind === 'query' ? first.query : members
  leave(scanner, Math.max(height, scanner.height))
  return { kind: 'in', at: operand.at, not: isNot, operatorAt, operand, among }
}

const readBetween = (scanner: Scanner, { operand, operatorAt, height, not: isNot }: Left): Expression => {
  const low = readBinary(scanner, not)
  const lowHeight = scanner.height
  if (!take(scanner, 'AND')) throw expected(scanner, 'range expression')
  const high = readBinary(scanner, not)
  leave(scanner, Math.max(height, lowHeight, scanner.height))
  return { kind: 'between', at: operand.at, not: isNot, operatorAt, operand, low, high }
}

const readRight = (scanner: Scanner, operator: BinaryOperator, strength: number, { operand, operatorAt, height }: Left): Expression => {
  const right = readBinary(scanner, strength + 1)
  leave(scanner, Math.max(height, scanner.height))
  return { kind: 'binary', at: operand.at, operator, operatorAt, left: operand, right }
}

const readIs = (scanner: Scanner, left: Left): Expression => {
  const isNot = take(scanner, 'NOT')
  const { operand, operatorAt } = left
  const test = readRight(scanner, isNot ? 'is not' : 'is', equal, left)
  return test.kind === 'binary' && test.right.kind === 'null' ? { kind: 'null test', at: operand.at, not: isNot, operatorAt, operand } : test
}

/** Reads an operator and what is right of it. */
const readBehind = (scanner: Scanner, operand: Expression): Expression => {
  enter(scanner)
  const left = { operand, operatorAt: here(scanner), height: scanner.height, not: isAt(scanner, 'NOT') }
  const strength = strengthOf(scanner.kind)
  const operator = operators[scanner.kind]
  if (operator) {
    advance(scanner)
    return readRight(scanner, operator, strength, left)
  }
  if (take(scanner, 'IS')) return readIs(scanner, left)
  if (left.not) advance(scanner)
  if (take(scanner, 'IN')) return readIn(scanner, left)
  if (take(scanner, 'BETWEEN')) return readBetween(scanner, left)
  if (take(scanner, 'LIKE')) return readRight(scanner, 'not like', equal, left)
  throw expected(scanner, 'IN, LIKE, GLOB, REGEXP, MATCH, or BETWEEN')
}

/** Operands and all operators between them that bind at least as tightly. */
const readBinary = (scanner: Scanner, least: number): Expression => {
  let expression = readOperand(scanner)
  for (;;) {
    const strength = strengthOf(scanner.kind)
    if (strength === 0 || strength < least) return expression
    expression = readBehind(scanner, expression)
  }
}

/** `behind` NOT an expression ends before AND and OR. */
export const readExpression = (scanner: Scanner, behind?: 'NOT'): Expression => readBinary(scanner, behind ? not : lowest)
