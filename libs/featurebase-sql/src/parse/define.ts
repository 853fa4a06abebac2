import type { AlterTable, ColumnDefinition, ColumnOption, CreateTable, CreateView, DropTable, DropView, Expression, TableOption } from '../tree.js'
import { meaningError, type Position } from '../error.js'
import { readExpression } from './expressions.js'
import { readLiteral } from './literals.js'
import { readType } from './operands.js'
import { readQuery } from './query.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, isAt, isAtName, isAtWord, readIfExists, readIfNotExists, readName, take } from './tokens.js'

/** RANKED and LRU are reserved; NONE is not. */
const readCacheType = (scanner: Scanner): Expression => {
  if (!isAt(scanner, 'RANKED') && !isAt(scanner, 'LRU') && !isAtWord(scanner, 'none')) throw expected(scanner, 'RANKED or LRU')
  const name = { at: here(scanner), text: scanner.word.toLowerCase(), quoted: false }
  advance(scanner)
  return { kind: 'name', at: name.at, name }
}

const readValueOf = (scanner: Scanner, name: ColumnOption['name']): Expression => {
  if (name === 'min' || name === 'max') return readExpression(scanner)
  return name === 'cachetype' ? readCacheType(scanner) : readLiteral(scanner)
}

const columnOptions = {
  MIN: 'min', MAX: 'max', TIMEUNIT: 'timeunit', TIMEQUANTUM: 'timequantum', CACHETYPE: 'cachetype', EPOCH: 'epoch', SIZE: 'size', TTL: 'ttl',
} as const satisfies Record<string, ColumnOption['name']>

/** SIZE and TTL come right behind the option that they belong to. */
const optionAt = ({ kind }: Scanner, before: ColumnOption | undefined): ColumnOption['name'] | undefined => {
  switch (kind) {
    case 'MIN': case 'MAX': case 'TIMEUNIT': case 'TIMEQUANTUM': case 'CACHETYPE': case 'EPOCH': return columnOptions[kind]
    case 'SIZE': return before?.name === 'cachetype' ? 'size' : undefined
    case 'TTL': return before?.name === 'timequantum' ? 'ttl' : undefined
    default: return undefined
  }
}

const readColumnOptions = (scanner: Scanner): readonly ColumnOption[] => {
  const options: ColumnOption[] = []
  for (let name = optionAt(scanner, undefined); name; name = optionAt(scanner, options.at(-1))) {
    const at = here(scanner)
    advance(scanner)
    options.push({ at, name, value: readValueOf(scanner, name) })
  }
  return options
}

const readColumn = (scanner: Scanner): ColumnDefinition => {
  const name = readName(scanner, 'column name')
  const type = readType(scanner)
  return { at: name.at, name, type, options: readColumnOptions(scanner) }
}

/** Columns up to the parenthesis. FeatureBase takes them without a comma between them too. */
const readColumns = (scanner: Scanner): readonly ColumnDefinition[] => {
  const columns: ColumnDefinition[] = []
  while (isAtName(scanner)) {
    columns.push(readColumn(scanner))
    take(scanner, ',')
  }
  expect(scanner, ')', 'column name, or right paren')
  return columns
}

const readTableOptions = (scanner: Scanner): readonly TableOption[] => {
  const options: TableOption[] = []
  while (isAt(scanner, 'KEYPARTITIONS') || isAt(scanner, 'COMMENT')) {
    const name = isAt(scanner, 'COMMENT') ? 'comment' : 'keypartitions'
    const at = here(scanner)
    advance(scanner)
    options.push({ at, name, value: readLiteral(scanner) })
  }
  return options
}

export const readCreateTable = (scanner: Scanner, at: Position): CreateTable => {
  const ifNotExists = readIfNotExists(scanner)
  const name = readName(scanner, 'table name')
  expect(scanner, '(')
  const columns = readColumns(scanner)
  return { kind: 'create table', at, ifNotExists, name, columns, options: readTableOptions(scanner) }
}

const readColumnName = (scanner: Scanner): CreateTable['name'] => {
  if (!take(scanner, 'COLUMN') && !isAtName(scanner)) throw expected(scanner, 'COLUMN keyword or column name')
  return readName(scanner, 'column name')
}

const readChange = (scanner: Scanner): AlterTable['change'] => {
  if (take(scanner, 'RENAME')) {
    const column = readColumnName(scanner)
    expect(scanner, 'TO')
    return { kind: 'rename', column, to: readName(scanner, 'new column name') }
  }
  if (take(scanner, 'DROP')) return { kind: 'drop', column: readColumnName(scanner) }
  expect(scanner, 'ADD', 'ADD, DROP or RENAME')
  if (!take(scanner, 'COLUMN') && !isAtName(scanner)) throw expected(scanner, 'COLUMN keyword or column name')
  return { kind: 'add', column: readColumn(scanner) }
}

export const readAlterTable = (scanner: Scanner, at: Position): AlterTable => {
  const name = readName(scanner, 'table name')
  return { kind: 'alter table', at, name, change: readChange(scanner) }
}

export const readDropTable = (scanner: Scanner, at: Position): DropTable => {
  const ifExists = readIfExists(scanner)
  return { kind: 'drop table', at, ifExists, name: readName(scanner, 'table name') }
}

export const readView = (scanner: Scanner, at: Position, alter: boolean): CreateView => {
  const ifNotExists = !alter && readIfNotExists(scanner)
  const name = readName(scanner, 'view name')
  expect(scanner, 'AS')
  const { begin, parameters } = scanner
  scanner.parameters = 0
  const query = readQuery(scanner)
  // Nobody gives them a value when the view is asked.
  if (scanner.parameters > 0) throw meaningError(query.at, 'a view can have no parameters')
  scanner.parameters = parameters
  return { kind: 'create view', at, alter, ifNotExists, name, query, text: scanner.text.slice(begin, scanner.lastEnd) }
}

export const readDropView = (scanner: Scanner, at: Position): DropView => {
  const ifExists = readIfExists(scanner)
  return { kind: 'drop view', at, ifExists, name: readName(scanner, 'view name') }
}
