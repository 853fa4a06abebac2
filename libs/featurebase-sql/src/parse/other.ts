import { type Position, syntaxError } from '../error.js'
import type { OtherStatement } from '../tree.js'
import { readExpression } from './expressions.js'
import { readLiteral } from './literals.js'
import { readType } from './operands.js'
import { readQuery } from './query.js'
import { advance, type Scanner } from './scanner.js'
import { expect, expected, isAt, readIfExists, readIfNotExists, readName, take } from './tokens.js'

// What FeatureBase reads and this server does not run: read to its end, so that it is refused for what it is.

const takeOption = (scanner: Scanner): boolean => {
  if (!isAt(scanner, 'UNITS') && !isAt(scanner, 'COMMENT')) return false
  advance(scanner)
  readLiteral(scanner)
  return true
}

export const readCreateDatabase = (scanner: Scanner, at: Position): OtherStatement => {
  readIfNotExists(scanner)
  const name = readName(scanner, 'database name')
  const { line, column } = scanner
  if (take(scanner, 'WITH') && !takeOption(scanner)) throw syntaxError({ line, column }, 'expected at least one option after WITH')
  while (takeOption(scanner));
  return { kind: 'other', at, what: 'create database', name }
}

export const readAlterDatabase = (scanner: Scanner, at: Position): OtherStatement => {
  const name = readName(scanner, 'database name')
  expect(scanner, 'WITH')
  if (!takeOption(scanner)) throw expected(scanner, 'UNITS')
  return { kind: 'other', at, what: 'alter database', name }
}

const drops = { database: 'database name', function: 'function name', model: 'view name' } as const

export const readDrop = (scanner: Scanner, at: Position, what: keyof typeof drops): OtherStatement => {
  readIfExists(scanner)
  return { kind: 'other', at, what: `drop ${what}`, name: readName(scanner, drops[what]) }
}

const readOptions = (scanner: Scanner, what: string): void => {
  do {
    readName(scanner, what)
    readExpression(scanner)
  } while (!isAt(scanner, 'AS'))
}

const readParameters = (scanner: Scanner): void => {
  while (take(scanner, 'VARIABLE')) {
    readType(scanner)
    take(scanner, ',')
  }
  if (!isAt(scanner, ')')) throw expected(scanner, 'parameter name, or right paren')
  advance(scanner)
}

export const readCreateFunction = (scanner: Scanner, at: Position): OtherStatement => {
  readIfNotExists(scanner)
  const name = readName(scanner, 'function name')
  if (take(scanner, '(')) readParameters(scanner)
  expect(scanner, 'RETURNS')
  readType(scanner)
  if (take(scanner, 'WITH')) readOptions(scanner, 'function option')
  expect(scanner, 'AS')
  expect(scanner, 'BEGIN')
  while (take(scanner, 'RETURN')) readExpression(scanner)
  expect(scanner, 'END', 'statement')
  return { kind: 'other', at, what: 'create function', name }
}

export const readCreateModel = (scanner: Scanner, at: Position): OtherStatement => {
  readIfNotExists(scanner)
  const name = readName(scanner, 'model name')
  expect(scanner, 'WITH')
  readOptions(scanner, 'model option')
  expect(scanner, 'AS')
  readQuery(scanner)
  return { kind: 'other', at, what: 'create model', name }
}

export const readPredict = (scanner: Scanner, at: Position): OtherStatement => {
  expect(scanner, 'USING')
  const name = readName(scanner, 'model name')
  readQuery(scanner)
  return { kind: 'other', at, what: 'predict', name }
}
