import { type Position, syntaxError } from '../error.js'
import type { Expression, Name, TypeName, UnaryOperator } from '../tree.js'
import { readCase } from './case.js'
import { readExpression } from './expressions.js'
import { isAtQuery, readQuery } from './query.js'
import { isLiteralNext, readLiteral } from './literals.js'
import { advance, here, type Scanner } from './scanner.js'
import { enter, expect, expected, isAt, isAtName, leave, readName, rise, take } from './tokens.js'
import type { Kind } from './words.js'

export const readType = (scanner: Scanner): TypeName => {
  const name = readName(scanner, 'type name')
  if (!take(scanner, '(')) return { at: name.at, name, scale: undefined }
  if (!isAt(scanner, 'INTEGER')) throw expected(scanner, 'scale')
  const scale = readLiteral(scanner)
  expect(scanner, ')')
  return { at: name.at, name, scale }
}

interface Listed {
  readonly members: readonly Expression[]
  readonly end: Position
}

/** Expressions up to what closes them. Its sign is taken; the height is that of the highest. */
export const readList = (scanner: Scanner, close: Kind, what: string): Listed => {
  const members: Expression[] = []
  let height = 0
  while (!isAt(scanner, close)) {
    members.push(readExpression(scanner))
    height = Math.max(height, scanner.height)
    if (!isAt(scanner, close)) expect(scanner, ',', what)
  }
  const end = here(scanner)
  advance(scanner)
  scanner.height = height
  return { members, end }
}

const readCall = (scanner: Scanner, name: Name): Expression => {
  expect(scanner, '(')
  scanner.height = 0
  if (take(scanner, '*')) {
    const end = here(scanner)
    expect(scanner, ')')
    return { kind: 'call', at: name.at, name, distinct: false, star: true, arguments: [], end }
  }
  const distinct = take(scanner, 'DISTINCT')
  const { members, end } = readList(scanner, ')', 'comma or right paren')
  return { kind: 'call', at: name.at, name, distinct, star: false, arguments: members, end }
}

const readNamed = (scanner: Scanner): Expression => {
  const name = readName(scanner, 'expression')
  if (isAt(scanner, '(')) return readCall(scanner, name)
  if (!take(scanner, '.')) return { kind: 'name', at: name.at, name }
  return { kind: 'qualified', at: name.at, table: name, column: readName(scanner, 'column name') }
}

/** MIN and MAX are reserved, and functions all the same. */
const readExtreme = (scanner: Scanner): Expression => {
  const name = { at: here(scanner), text: scanner.word, quoted: false }
  advance(scanner)
  if (!isAt(scanner, '(')) throw expected(scanner, 'call expression')
  return readCall(scanner, name)
}

const readParameter = (scanner: Scanner): Expression => {
  const at = here(scanner)
  const index = scanner.word === '?' ? scanner.parameters + 1 : Number(scanner.word.slice(1))
  if (index < 1 || index > mostParameters) throw syntaxError(at, `expected a parameter from ?1 to ?${mostParameters}, found ${scanner.word}`)
  scanner.parameters = Math.max(scanner.parameters, index)
  advance(scanner)
  return { kind: 'parameter', at, index }
}

const mostParameters = 32_766

const readParentheses = (scanner: Scanner): Expression => {
  const at = here(scanner)
  advance(scanner)
  const inside = readExpression(scanner)
  const end = here(scanner)
  expect(scanner, ')')
  return { kind: 'parentheses', at, inside, end }
}

const readCast = (scanner: Scanner): Expression => {
  const at = here(scanner)
  advance(scanner)
  expect(scanner, '(')
  const operand = readExpression(scanner)
  expect(scanner, 'AS')
  const type = readType(scanner)
  expect(scanner, ')')
  return { kind: 'cast', at, operand, type }
}

const readExists = (scanner: Scanner, at: Position, not: boolean): Expression => {
  expect(scanner, 'EXISTS')
  expect(scanner, '(')
  const query = readQuery(scanner)
  expect(scanner, ')')
  return { kind: 'exists', at, not, query }
}

/** NOT binds more loosely than all that compares. */
const readNot = (scanner: Scanner): Expression => {
  const at = here(scanner)
  advance(scanner)
  if (isAt(scanner, 'EXISTS')) return readExists(scanner, at, true)
  return { kind: 'unary', at, operator: 'not', operand: readExpression(scanner, 'NOT') }
}

const readUnary = (scanner: Scanner, operator: UnaryOperator): Expression => {
  const at = here(scanner)
  advance(scanner)
  return { kind: 'unary', at, operator, operand: readOperand(scanner) }
}

const readBracketed = (scanner: Scanner, kind: 'set' | 'tuple'): Expression => {
  const at = here(scanner)
  advance(scanner)
  return { kind, at, ...(kind === 'set' ? readList(scanner, ']', 'comma or right bracket') : readList(scanner, '}', 'comma or right brace')) }
}

const readVariable = (scanner: Scanner): Expression => {
  const at = here(scanner)
  const name = scanner.word.slice(1)
  advance(scanner)
  return { kind: 'variable', at, name }
}

const readInside = (scanner: Scanner): Expression => {
  switch (scanner.kind) {
    case 'VARIABLE': return readVariable(scanner)
    case 'PARAMETER': return readParameter(scanner)
    case 'MIN': case 'MAX': return readExtreme(scanner)
    case '+': case '-': case '!': return readUnary(scanner, scanner.kind)
    case '(': return readParentheses(scanner)
    case '[': return readBracketed(scanner, 'set')
    case '{': return readBracketed(scanner, 'tuple')
    case 'CAST': return readCast(scanner)
    case 'CASE': return readCase(scanner)
    case 'NOT': return readNot(scanner)
    case 'EXISTS': return readExists(scanner, here(scanner), false)
    default: break
  }
  if (isAtName(scanner)) return readNamed(scanner)
  if (isAtQuery(scanner)) return { kind: 'query', at: here(scanner), query: readQuery(scanner) }
  throw expected(scanner, 'expression')
}

/** All that stands between operators. */
export const readOperand = (scanner: Scanner): Expression => {
  if (isLiteralNext(scanner)) {
    rise(scanner, 0)
    return readLiteral(scanner)
  }
  enter(scanner)
  scanner.height = 0
  const operand = readInside(scanner)
  leave(scanner, scanner.height)
  return operand
}
