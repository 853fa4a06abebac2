import { Problem } from '@tenantry/contracts'
import type { Access, QueryParameter } from '@tenantry/engines-contract'
import { type BulkInsert, SqlError, type Statement, parseSql } from '@tenantry/featurebase-sql'
import { markName } from './marks.js'
import { mayOnlyRead, rejected } from './problems.js'

/** A statement that may be sent. */
export interface AdmittedSql {
  readonly text: string
  readonly reads: boolean
  /** Whether its answer lists tables, ours among them. */
  readonly listsTables: boolean
}

/** Tables of the server's own that tell of nothing but the database. The others tell of the machine, and of who was here before. */
const ownTables: readonly string[] = ['fb_views', 'fb_table_ddl']

/** The words that each kind of statement begins with, whoever reads it. */
const firstWords: Readonly<Record<Statement['kind'], readonly string[]>> = {
  'select': ['select', 'with'], 'union': ['select', 'with'], 'show': ['show'], 'explain': ['explain'],
  'create table': ['create'], 'alter table': ['alter'], 'drop table': ['drop'], 'create view': ['create', 'alter'], 'drop view': ['drop'],
  'insert': ['insert', 'replace'], 'bulk insert': ['bulk'], 'update': ['update'], 'delete': ['delete'], 'copy': ['copy'], 'other': [],
}

/**
 * Reads a statement and says whether it may be sent to the server. What cannot be read is refused, and so is what would read the
 * machine it runs on, send data elsewhere, or touch what is not the database's. Throws EngineRejectedQuery, Forbidden.
 */
export const admitSql = (written: string, access: Access, params: readonly QueryParameter[] | undefined): AdmittedSql => {
  const text = withoutLeadingComments(written)
  const statement = onlyOne(text)
  if (params && params.length > 0) throw rejected('This database takes no parameters; write the values into the statement.')
  if (!firstWords[statement.kind].includes(firstWord(text))) throw notHere(statement.kind === 'other' ? statement.what : firstWord(text))
  mustStay(statement)
  mustBeOwn(text)
  const reads = isRead(statement)
  if (!reads && access !== 'write') throw mayOnlyRead()
  return { text, reads, listsTables: statement.kind === 'show' && statement.what === 'tables' }
}

const withoutLeadingComments = (text: string): string => text.replace(/^(?:\s|--[^\n]*(?:\n|$))+/, '')

const firstWord = (text: string): string => /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? ''

const onlyOne = (text: string): Statement => {
  try {
    const [only, ...more] = parseSql(text)
    if (only && more.length === 0) return only
  } catch (error) {
    if (error instanceof SqlError) throw new Problem('EngineRejectedQuery', error.message, { cause: error })
    throw error
  }
  throw rejected('Send one statement at a time.')
}

const notHere = (what: string): Problem => rejected(`${what.toUpperCase()} is not for a database on a FeatureBase server here.`)

const mustStay = (statement: Statement): void => {
  if (statement.kind === 'copy' && (statement.url ?? statement.apiKey)) throw rejected('COPY … WITH sends data to another server, which is not done from here; leave the URL away.')
  if (statement.kind === 'bulk insert' && !isInline(statement)) throw rejected('BULK INSERT takes rows that are in the statement itself: FROM x\'…\' WITH … INPUT \'STREAM\'. Files and addresses would be those of the server.')
  if (statement.kind === 'explain') mustStay(statement.statement)
}

const isInline = ({ source, options }: BulkInsert): boolean => {
  const inputs = options.filter(({ name }) => name === 'input')
  return source.kind === 'blob' && inputs.length > 0 && inputs.every(({ value }) => value?.kind === 'string' && value.value.toUpperCase() === 'STREAM')
}

const literal = /'(?:[^']|'')*'/g

/** Looks at the words and not at the tree, so that no way to name a table is forgotten. */
const mustBeOwn = (text: string): void => {
  const lower = text.toLowerCase()
  if (lower.includes(markName)) throw rejected(`${markName} is not yours to use.`)
  // Where a quote may mean something else than it seems, the literals are looked at as well.
  const words = /["`\\]|--|\/\*/.test(lower) ? lower : lower.replace(literal, '\'\'')
  const foreign = words.match(/\bfb_\w*/g)?.find((name) => !ownTables.includes(name))
  if (foreign !== undefined) throw rejected(`table or view '${foreign}' not found`)
}

const isRead = (statement: Statement): boolean => {
  switch (statement.kind) {
    case 'select': case 'union': case 'show': return true
    case 'explain': return isRead(statement.statement)
    default: return false
  }
}
