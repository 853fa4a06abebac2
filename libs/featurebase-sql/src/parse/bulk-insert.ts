import type { BulkInsert, BulkOption, Expression, MapEntry } from '../tree.js'
import { readExpression } from './expressions.js'
import { readLiteral } from './literals.js'
import { readType } from './operands.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, isAt, readName, readNames, take } from './tokens.js'

const readMapEntry = (scanner: Scanner): MapEntry => {
  const at = here(scanner)
  const from = readExpression(scanner)
  return { at, from, type: readType(scanner) }
}

/** What is read once or more between parentheses. */
const readInParentheses = <T>(scanner: Scanner, read: (scanner: Scanner) => T): readonly T[] => {
  expect(scanner, '(')
  const pieces = [read(scanner)]
  while (take(scanner, ',')) pieces.push(read(scanner))
  expect(scanner, ')', 'comma or right paren')
  return pieces
}

const flags = ['header_row', 'allow_missing_values'] as const
const values = ['batchsize', 'rowslimit', 'format', 'input'] as const

const readOption = (scanner: Scanner): BulkOption | undefined => {
  if (!isAt(scanner, 'IDENT')) return undefined
  const word = scanner.word.toLowerCase()
  const name = [...flags, ...values].find((option) => option === word)
  if (!name) return undefined
  const at = here(scanner)
  advance(scanner)
  return { at, name, value: flags.some((flag) => flag === name) ? undefined : readLiteral(scanner) }
}

const readOptions = (scanner: Scanner): readonly BulkOption[] => {
  const options: BulkOption[] = []
  for (let option = readOption(scanner); option; option = readOption(scanner)) options.push(option)
  if (options.length === 0) throw expected(scanner, 'BATCHSIZE, ROWSLIMIT, FORMAT, INPUT, ALLOW_MISSING_VALUES or HEADER_ROW')
  return options
}

export const readBulkInsert = (scanner: Scanner): BulkInsert => {
  const at = here(scanner)
  advance(scanner)
  const replace = take(scanner, 'REPLACE')
  if (!replace) expect(scanner, 'INSERT', 'INSERT or REPLACE')
  expect(scanner, 'INTO')
  const table = readName(scanner, 'table name')
  const columns = isAt(scanner, '(') ? readNames(scanner, 'column name') : []
  expect(scanner, 'MAP')
  const map = readInParentheses(scanner, readMapEntry)
  const transform: readonly Expression[] | undefined = take(scanner, 'TRANSFORM') ? readInParentheses(scanner, readExpression) : undefined
  expect(scanner, 'FROM')
  const source = readLiteral(scanner)
  expect(scanner, 'WITH')
  return { kind: 'bulk insert', at, replace, table, columns, map, transform, source, options: readOptions(scanner) }
}
