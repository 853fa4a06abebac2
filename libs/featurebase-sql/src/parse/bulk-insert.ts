import { nowhere } from '../error.js'
import type { BulkInsert, BulkOption, MapEntry } from '../tree.js'
import { readExpression } from './expressions.js'
import { readLiteral } from './literals.js'
import { readType } from './operands.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, isAt, readColumnNames, readInParentheses, readName, take } from './tokens.js'

const readMapEntry = (scanner: Scanner): MapEntry => {
  const at = here(scanner)
  const from = readExpression(scanner)
  return { at, from, type: readType(scanner) }
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
  const columns = readColumnNames(scanner)
  expect(scanner, 'MAP')
  const map = readInParentheses(scanner, readMapEntry)
  const transform = take(scanner, 'TRANSFORM') ? readInParentheses(scanner, (each) => readExpression(each)) : undefined
  expect(scanner, 'FROM')
  const source = readLiteral(scanner)
  const withAt = here(scanner)
  expect(scanner, 'WITH')
  return {
    kind: 'bulk insert', at, replace, table, columns: columns.pieces, columnsAt: columns.begin, columnsEnd: columns.end, map: map.pieces, mapEnd: map.end,
    transform: transform?.pieces, transformEnd: transform?.end ?? nowhere, source, withAt, options: readOptions(scanner),
  }
}
