import type { CommonTable, Expression, Item, Name, Order, Query, Select } from '../tree.js'
import { readExpression } from './expressions.js'
import { readOperand } from './operands.js'
import { advance, here, isBeforeNumber, isBeforeStar, type Scanner } from './scanner.js'
import { readSource } from './source.js'
import { enter, expect, expected, isAt, isAtName, isAtWord, leave, readAlias, readColumnNames, readName, rise, take } from './tokens.js'

export const isAtQuery = (scanner: Scanner): boolean => isAt(scanner, 'SELECT') || isAt(scanner, 'WITH')

/** OFFSET is no reserved word, and may be a name too. */
export const isAtOffset = (scanner: Scanner): boolean => isAtWord(scanner, 'offset') && isBeforeNumber(scanner)

/** Reads pieces of a query and keeps how high the highest is. */
class Pieces {
  height = 0

  constructor(readonly scanner: Scanner) {}

  add<T>(read: (scanner: Scanner) => T): T {
    const piece = read(this.scanner)
    this.height = Math.max(this.height, this.scanner.height)
    return piece
  }

  list<T>(read: (scanner: Scanner) => T): T[] {
    const pieces = [this.add(read)]
    while (take(this.scanner, ',')) pieces.push(this.add(read))
    return pieces
  }

  after<T>(word: 'WHERE' | 'HAVING' | 'FROM', read: (scanner: Scanner) => T): T | undefined {
    return take(this.scanner, word) ? this.add(read) : undefined
  }

  listAfter<T>(word: 'GROUP' | 'ORDER', read: (scanner: Scanner) => T): readonly T[] {
    if (!take(this.scanner, word)) return []
    expect(this.scanner, 'BY')
    return this.list(read)
  }
}

const readStarOf = (scanner: Scanner): Name | undefined => {
  if (!isAtName(scanner) || !isBeforeStar(scanner)) return undefined
  const name = readName(scanner, 'table name')
  advance(scanner)
  advance(scanner)
  return name
}

const readItem = (scanner: Scanner): Item => {
  const at = here(scanner)
  scanner.height = 0
  if (take(scanner, '*')) return { kind: 'star', at, table: undefined }
  const table = readStarOf(scanner)
  if (table) return { kind: 'star', at, table }
  const expression = readExpression(scanner)
  return { kind: 'expression', at, expression, alias: isAtOffset(scanner) ? undefined : readAlias(scanner, 'column alias') }
}

const readOrder = (scanner: Scanner): Order => {
  const at = here(scanner)
  const expression = readExpression(scanner)
  const descending = !take(scanner, 'ASC') && take(scanner, 'DESC')
  if (!take(scanner, 'NULLS')) return { at, expression, descending, nulls: undefined }
  if (take(scanner, 'FIRST')) return { at, expression, descending, nulls: 'first' }
  expect(scanner, 'LAST', 'FIRST or LAST')
  return { at, expression, descending, nulls: 'last' }
}

/** Parentheses are allowed and no must. */
const readTop = (scanner: Scanner): Select['top'] => {
  const at = here(scanner)
  const word = isAt(scanner, 'TOP') ? 'top' : 'topn'
  if (!take(scanner, 'TOP') && !take(scanner, 'TOPN')) return undefined
  if (!take(scanner, '(')) return { at, word, count: readOperand(scanner) }
  const count = readExpression(scanner)
  expect(scanner, ')')
  return { at, word, count }
}

const readCount = (scanner: Scanner): { readonly at: Expression['at']; readonly count: Expression } => {
  const at = here(scanner)
  advance(scanner)
  return { at, count: readExpression(scanner) }
}

type Tail = Pick<Select, 'orderBy' | 'limit' | 'offset'>

const readTail = (pieces: Pieces): Tail => {
  const { scanner } = pieces
  return {
    orderBy: pieces.listAfter('ORDER', readOrder),
    limit: isAt(scanner, 'LIMIT') ? pieces.add(readCount) : undefined,
    offset: isAtOffset(scanner) ? pieces.add(readCount) : undefined,
  }
}

const readSelect = (pieces: Pieces): Select => {
  const { scanner } = pieces
  const at = here(scanner)
  expect(scanner, 'SELECT')
  const distinct = take(scanner, 'DISTINCT')
  const top = pieces.add(readTop)
  const items = pieces.list(readItem)
  const from = pieces.after('FROM', readSource)
  const where = pieces.after('WHERE', readExpression)
  const groupBy = pieces.listAfter('GROUP', readExpression)
  const having = groupBy.length > 0 ? pieces.after('HAVING', readExpression) : undefined
  return { kind: 'select', at, with: [], distinct, top, items, from, where, groupBy, having, orderBy: [], limit: undefined, offset: undefined }
}

const readCommonTable = (scanner: Scanner): CommonTable => {
  const name = readName(scanner, 'table name')
  const { pieces: columns } = readColumnNames(scanner)
  expect(scanner, 'AS')
  expect(scanner, '(')
  const query = readQuery(scanner)
  expect(scanner, ')')
  return { at: name.at, name, columns, query }
}

const readUnions = (pieces: Pieces): Query => {
  const { scanner } = pieces
  let query: Query = readSelect(pieces)
  while (take(scanner, 'UNION')) {
    const all = take(scanner, 'ALL')
    const right = readSelect(pieces)
    query = { kind: 'union', at: query.at, with: [], all, left: query, right, orderBy: [], limit: undefined, offset: undefined }
    // The tree of a chain of unions grows higher by one with each.
    rise(scanner, pieces.height)
    pieces.height = scanner.height
  }
  return query
}

export const readQuery = (scanner: Scanner): Query => {
  enter(scanner)
  const pieces = new Pieces(scanner)
  if (!isAtQuery(scanner)) throw expected(scanner, 'SELECT')
  const tables = take(scanner, 'WITH') ? pieces.list(readCommonTable) : []
  const query = { ...readUnions(pieces), ...readTail(pieces), with: tables }
  leave(scanner, pieces.height)
  return query
}
