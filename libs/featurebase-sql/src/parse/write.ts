import type { Copy, Delete, Expression, Insert, Update } from '../tree.js'
import type { Position } from '../error.js'
import { readExpression } from './expressions.js'
import { readList } from './operands.js'
import { isAtQuery, readQuery } from './query.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, isAt, isAtName, isAtWord, readAlias, readColumnNames, readName, take, takeWord } from './tokens.js'

const readRow = (scanner: Scanner): readonly Expression[] => {
  // A row of nothing has no expression where one must be.
  if (isAt(scanner, ')')) throw expected(scanner, 'expression')
  const { members } = readList(scanner, ')', 'comma or right paren')
  return members
}

const readRows = (scanner: Scanner): Pick<Insert, 'rows' | 'rowsAt'> => {
  const rows: (readonly Expression[])[] = []
  const rowsAt: Position[] = []
  do {
    rowsAt.push(here(scanner))
    expect(scanner, '(')
    rows.push(readRow(scanner))
  } while (take(scanner, ','))
  return { rows, rowsAt }
}

/** REPLACE is INSERT under another name. */
export const readInsert = (scanner: Scanner): Insert => {
  const at = here(scanner)
  const replace = isAt(scanner, 'REPLACE')
  advance(scanner)
  expect(scanner, 'INTO')
  const table = readName(scanner, 'table name')
  if (take(scanner, 'AS')) readName(scanner, 'alias')
  const { pieces: columns, begin: columnsAt } = readColumnNames(scanner)
  if (isAtQuery(scanner)) return { kind: 'insert', at, replace, table, columns, columnsAt, rows: readQuery(scanner), rowsAt: [] }
  expect(scanner, 'VALUES')
  return { kind: 'insert', at, replace, table, columns, columnsAt, ...readRows(scanner) }
}

const readAssignment = (scanner: Scanner): Update['assignments'][number] => {
  const column = readName(scanner, 'column name')
  expect(scanner, '=')
  return { at: column.at, column, value: readExpression(scanner) }
}

const readWhere = (scanner: Scanner): Expression | undefined => take(scanner, 'WHERE') ? readExpression(scanner) : undefined

export const readUpdate = (scanner: Scanner): Update => {
  const at = here(scanner)
  advance(scanner)
  const table = readName(scanner, 'table name')
  const alias = readAlias(scanner, 'table alias')
  expect(scanner, 'SET')
  const assignments = [readAssignment(scanner)]
  while (take(scanner, ',')) assignments.push(readAssignment(scanner))
  return { kind: 'update', at, table, alias, assignments, where: readWhere(scanner) }
}

export const readDelete = (scanner: Scanner): Delete => {
  const at = here(scanner)
  advance(scanner)
  expect(scanner, 'FROM')
  const table = readName(scanner, 'table name')
  const alias = readAlias(scanner, 'table alias')
  return { kind: 'delete', at, table, alias, where: readWhere(scanner) }
}

const readTarget = (scanner: Scanner): Pick<Copy, 'url' | 'apiKey'> => {
  let [url, apiKey]: (Expression | undefined)[] = []
  if (take(scanner, 'WITH') && !isAtWord(scanner, 'url') && !isAtWord(scanner, 'apikey')) throw expected(scanner, 'URL or APIKEY')
  for (;;) {
    if (takeWord(scanner, 'url')) url = readExpression(scanner)
    else if (takeWord(scanner, 'apikey')) apiKey = readExpression(scanner)
    else return { url, apiKey }
  }
}

export const readCopy = (scanner: Scanner): Copy => {
  const at = here(scanner)
  advance(scanner)
  const from = readName(scanner, 'table name')
  const alias = isAtName(scanner) || isAt(scanner, 'AS') ? readAlias(scanner, 'table alias') : undefined
  expect(scanner, 'TO')
  const to = readName(scanner, 'table name')
  const where = readWhere(scanner)
  return { kind: 'copy', at, from, alias, to, where, ...readTarget(scanner) }
}
