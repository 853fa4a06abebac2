import { type Position, syntaxError } from '../error.js'
import type { Explain, Show, Statement } from '../tree.js'
import { readBulkInsert } from './bulk-insert.js'
import { readAlterTable, readCreateTable, readDropTable, readDropView, readView } from './define.js'
import { readAlterDatabase, readCreateDatabase, readCreateFunction, readCreateModel, readDrop, readPredict } from './other.js'
import { readQuery } from './query.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, readName, take } from './tokens.js'
import { readCopy, readDelete, readInsert, readUpdate } from './write.js'

/** The word in front, which is taken and where an error of the next is said to be. */
const takeFirst = (scanner: Scanner): Position => {
  const at = here(scanner)
  advance(scanner)
  return at
}

const readCreate = (scanner: Scanner): Statement => {
  const at = takeFirst(scanner)
  if (take(scanner, 'TABLE')) return readCreateTable(scanner, at)
  if (take(scanner, 'VIEW')) return readView(scanner, at, false)
  if (take(scanner, 'DATABASE')) return readCreateDatabase(scanner, at)
  if (take(scanner, 'FUNCTION')) return readCreateFunction(scanner, at)
  if (take(scanner, 'MODEL')) return readCreateModel(scanner, at)
  throw syntaxError(at, 'expected DATABASE, TABLE, VIEW, FUNCTION or MODEL')
}

const readAlter = (scanner: Scanner): Statement => {
  const at = takeFirst(scanner)
  if (take(scanner, 'TABLE')) return readAlterTable(scanner, at)
  if (take(scanner, 'VIEW')) return readView(scanner, at, true)
  if (take(scanner, 'DATABASE')) return readAlterDatabase(scanner, at)
  throw syntaxError(at, 'expected DATABASE, TABLE or VIEW')
}

const readAnyDrop = (scanner: Scanner): Statement => {
  const at = takeFirst(scanner)
  if (take(scanner, 'TABLE')) return readDropTable(scanner, at)
  if (take(scanner, 'VIEW')) return readDropView(scanner, at)
  if (take(scanner, 'DATABASE')) return readDrop(scanner, at, 'database')
  if (take(scanner, 'FUNCTION')) return readDrop(scanner, at, 'function')
  if (take(scanner, 'MODEL')) return readDrop(scanner, at, 'model')
  throw syntaxError(at, 'expected DATABASE, TABLE, VIEW or FUNCTION')
}

const readShow = (scanner: Scanner): Show => {
  const shown = { kind: 'show', at: takeFirst(scanner), table: undefined, with: undefined } as const
  if (take(scanner, 'DATABASES')) return { ...shown, what: 'databases' }
  if (take(scanner, 'TABLES')) return { ...shown, what: 'tables', with: take(scanner, 'WITH') ? readName(scanner, 'show tables option') : undefined }
  if (take(scanner, 'COLUMNS')) {
    expect(scanner, 'FROM')
    return { ...shown, what: 'columns', table: readName(scanner, 'table name') }
  }
  expect(scanner, 'CREATE', 'DATABASES, TABLES, COLUMNS or CREATE')
  expect(scanner, 'TABLE', 'TABLES')
  return { ...shown, what: 'create table', table: readName(scanner, 'table name') }
}

const readExplain = (scanner: Scanner): Explain => {
  const at = takeFirst(scanner)
  if (take(scanner, 'QUERY')) expect(scanner, 'PLAN')
  return { kind: 'explain', at, statement: readPlain(scanner) }
}

const readPlain = (scanner: Scanner): Statement => {
  switch (scanner.kind) {
    case 'SELECT': case 'WITH': return readQuery(scanner)
    case 'INSERT': case 'REPLACE': return readInsert(scanner)
    case 'BULK': return readBulkInsert(scanner)
    case 'UPDATE': return readUpdate(scanner)
    case 'DELETE': return readDelete(scanner)
    case 'COPY': return readCopy(scanner)
    case 'CREATE': return readCreate(scanner)
    case 'ALTER': return readAlter(scanner)
    case 'DROP': return readAnyDrop(scanner)
    case 'SHOW': return readShow(scanner)
    case 'PREDICT': return readPredict(scanner, takeFirst(scanner))
    default: throw expected(scanner, 'statement')
  }
}

export const readStatement = (scanner: Scanner): Statement => scanner.kind === 'EXPLAIN' ? readExplain(scanner) : readPlain(scanner)
