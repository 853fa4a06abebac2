import { nowhere, type Position, SqlError, syntaxError } from '../error.js'
import type { Name } from '../tree.js'
import { advance, here, type Scanner } from './scanner.js'
import { isLiteral, type Kind } from './words.js'

export const isAt = (scanner: Scanner, kind: Kind): boolean => scanner.kind === kind

/** Whether a word that is not reserved comes next, in any case. */
export const isAtWord = (scanner: Scanner, word: string): boolean => scanner.kind === 'IDENT' && scanner.word.toLowerCase() === word

export const isAtName = (scanner: Scanner): boolean => scanner.kind === 'IDENT' || scanner.kind === 'QIDENT'

export const take = (scanner: Scanner, kind: Kind): boolean => {
  if (scanner.kind !== kind) return false
  advance(scanner)
  return true
}

export const takeWord = (scanner: Scanner, word: string): boolean => {
  if (!isAtWord(scanner, word)) return false
  advance(scanner)
  return true
}

/** What is said where something else comes next. */
export const expected = (scanner: Scanner, what: string): SqlError =>
  syntaxError(here(scanner), `expected ${what}, found ${isLiteral(scanner.kind) ? scanner.word : `'${scanner.kind}'`}`)

const spoken: Partial<Record<Kind, string>> = { '(': 'left paren', ')': 'right paren' }

export const expect = (scanner: Scanner, kind: Kind, what = spoken[kind] ?? kind): void => {
  if (!take(scanner, kind)) throw expected(scanner, what)
}

export const readName = (scanner: Scanner, what: string): Name => {
  if (!isAtName(scanner)) throw expected(scanner, what)
  const name = { at: here(scanner), text: scanner.word, quoted: scanner.kind === 'QIDENT' }
  advance(scanner)
  return name
}

/** AS makes a name a must. */
export const readAlias = (scanner: Scanner, what: string): Name | undefined =>
  take(scanner, 'AS') || isAtName(scanner) ? readName(scanner, what) : undefined

export interface InParentheses<T> {
  readonly pieces: readonly T[]
  readonly begin: Position
  readonly end: Position
}

/** What is read once or more between parentheses, with commas between. */
export const readInParentheses = <T>(scanner: Scanner, read: (scanner: Scanner) => T): InParentheses<T> => {
  const begin = here(scanner)
  expect(scanner, '(')
  const pieces = [read(scanner)]
  while (take(scanner, ',')) pieces.push(read(scanner))
  const end = here(scanner)
  expect(scanner, ')', 'comma or right paren')
  return { pieces, begin, end }
}

const noColumns: InParentheses<Name> = { pieces: [], begin: nowhere, end: nowhere }

/** The columns that are named in parentheses, if there are any. */
export const readColumnNames = (scanner: Scanner): InParentheses<Name> =>
  isAt(scanner, '(') ? readInParentheses(scanner, (each) => readName(each, 'column name')) : noColumns

export const readIfNotExists = (scanner: Scanner): boolean => {
  if (!take(scanner, 'IF')) return false
  expect(scanner, 'NOT')
  expect(scanner, 'EXISTS')
  return true
}

export const readIfExists = (scanner: Scanner): boolean => {
  if (!take(scanner, 'IF')) return false
  expect(scanner, 'EXISTS')
  return true
}

const tooDeep = (at: Position, maxDepth: number): SqlError =>
  new SqlError('limit', `[${at.line}:${at.column}] the statement is nested more than ${maxDepth} deep`, at)

/** Around every reading that may come to itself again. */
export const enter = (scanner: Scanner): void => {
  scanner.depth += 1
  if (scanner.depth > scanner.maxDepth) throw tooDeep(here(scanner), scanner.maxDepth)
}

/** What was read stands over trees of this height; a chain of operators is high though nothing in it is nested. */
export const leave = (scanner: Scanner, below: number): void => {
  scanner.depth -= 1
  rise(scanner, below)
}

export const rise = (scanner: Scanner, below: number): void => {
  scanner.height = below + 1
  if (scanner.height > scanner.maxDepth) throw tooDeep(here(scanner), scanner.maxDepth)
}
