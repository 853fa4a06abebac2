import type { StatementColumnMetadata, StatementSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Connection } from './connection.js'
import { fieldsJson } from './fields.js'
import type { Column } from './fields.js'
import { originsOf } from './origins.js'
import type { Origin } from './origins.js'
import { refusalOf } from './problems.js'
import { checkSingle, checkText, refusedVerb } from './text.js'

/** One text, prepared; how it is run follows from what the authorizer saw. */
export interface Prepared {
  readonly statement: StatementSync
  readonly columns: readonly Column[]
  /** `rows`: anything that answers with rows; `change`: nothing but a count; `returning`: writes and answers with rows. */
  readonly kind: 'rows' | 'change' | 'returning'
  readonly changesRows: boolean
  readonly changesSchema: boolean
  /** The same rows as one JSON text made by SQLite itself; undefined where that cannot be or did not work. */
  wrapped: StatementSync | undefined
  /** The fields, when they do not depend on the rows. */
  readonly fields: Buffer | undefined
  /** The most rows that `wrapped` was made for. */
  readonly mostRows: number
  /** Whether its last run took so little time that others may wait for it. */
  quick: boolean
  /** Marks the expressions, whose type is that of their first value. */
  readonly untyped: readonly boolean[]
}

// Not a name that a caller's own table is likely to have.
const wrapper = 'tenantry_rows'

// Any BLOB is at least as great as the empty one, and nothing else is.
const guarded = (name: string, origin: Origin): string => (origin === 'solid' ? name : `iif(${name}>=x'',x'ff',${name})`)

/**
 * A sub-select of `text` whose rows become one JSON text. A BLOB would pass as JSON when its bytes happen to look like JSONB, so each
 * is replaced by one that never does: the statement then fails and is run row by row. Where a column is computed, a LIMIT keeps SQLite
 * from merging the two selects, which would compute it twice and let marked JSON through as JSON.
 * group_concat stops at the length limit; json_group_array would grow to two gigabytes first. As a BLOB the text comes out as the
 * bytes that it is: read as text it would be decoded and encoded again, which costs a tenth of all.
 */
export const wrap = (text: string, origins: readonly Origin[], mostRows: number): string => {
  const names = origins.map((_, index) => `c${index}`)
  const values = origins.map((origin, index) => guarded(`c${index}`, origin))
  const from = origins.includes('made') ? `(SELECT * FROM ${wrapper} LIMIT ${mostRows + 1})` : wrapper
  return `WITH ${wrapper}(${names.join(',')}) AS (\n${text}\n) SELECT CAST('['||group_concat(json_array(${values.join(',')}))||']' AS BLOB),count(*) FROM ${from}`
}

/** The text without the blanks and semicolons at its end. A pattern would try every run of blanks anew from each of its characters. */
export const withoutEnd = (text: string): string => {
  let end = text.length
  while (end > 0 && /[;\s]/.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

const mostWrappedColumns = 100

const prepareWrapped = (connection: Connection, text: string, columns: readonly StatementColumnMetadata[], mostRows: number): StatementSync | undefined => {
  const { database, gate } = connection
  if (columns.length > mostWrappedColumns) return undefined
  const wrapped = wrap(text, originsOf(connection, columns), mostRows)
  gate.begin()
  try {
    const statement = database.prepare(wrapped)
    statement.setReturnArrays(true)
    return statement
  } catch {
    return undefined
  }
}

const prepareStatement = ({ database, gate }: Connection, text: string): StatementSync => {
  gate.begin()
  try {
    return database.prepare(text)
  } catch (error) {
    throw refusalOf(error, gate.seen.deniedBecause)
  }
}

/** Prepares one statement. Throws EngineRefusal for a text that holds none, more than one, or one that may not be run. */
export const prepare = (connection: Connection, text: string, mostRows: number): Prepared => {
  checkText(text)
  const refused = refusedVerb(text)
  if (refused !== undefined) throw new EngineRefusal('EngineRejectedQuery', refused)
  const statement = prepareStatement(connection, text)
  checkSingle(text, statement.sourceSQL)
  statement.setReturnArrays(true)
  statement.setReadBigInts(true)
  const { writes, schema, plain } = connection.gate.seen
  const origins = statement.columns()
  const columns = origins.map(({ name, type }) => ({ name, declared: type }))
  const untyped = columns.map(({ declared }) => declared === null)
  const kind = columns.length === 0 ? 'change' : writes ? 'returning' : 'rows'
  return {
    statement, columns, kind, untyped, mostRows, quick: false,
    changesRows: writes && !schema,
    changesSchema: schema,
    wrapped: kind === 'rows' && !plain ? prepareWrapped(connection, withoutEnd(statement.sourceSQL), origins, mostRows) : undefined,
    fields: untyped.includes(true) ? undefined : fieldsJson(columns, []),
  }
}

const mostKept = 128
const longestKept = 16 * 1024

/** Prepared statements of one connection, the least recently used forgotten first. */
export class Statements {
  private readonly kept = new Map<string, Prepared>()
  /** The last one that was used: one text often comes again and again, and is compared faster than it is hashed. */
  private newest: { readonly text: string; readonly prepared: Prepared } | undefined

  constructor(private readonly connection: Connection) {}

  get(text: string, mostRows: number): Prepared {
    const known = this.peek(text)
    if (known?.mostRows === mostRows) {
      if (this.newest?.prepared !== known) this.renew(text, known)
      return known
    }
    const prepared = prepare(this.connection, text, mostRows)
    if (text.length <= longestKept) this.keep(text, prepared)
    return prepared
  }

  peek(text: string): Prepared | undefined {
    return this.newest?.text === text ? this.newest.prepared : this.kept.get(text)
  }

  /** Forgets one that has failed halfway: it would tell of that once more when it is run the next time. */
  forget(text: string): void {
    this.kept.delete(text)
    this.newest = undefined
  }

  /** Forgets everything: after a change of the schema, columns may have other names and numbers. */
  clear(): void {
    this.kept.clear()
    this.newest = undefined
  }

  private keep(text: string, prepared: Prepared): void {
    this.renew(text, prepared)
    if (this.kept.size <= mostKept) return
    const oldest = this.kept.keys().next()
    if (!oldest.done) this.kept.delete(oldest.value)
  }

  private renew(text: string, prepared: Prepared): void {
    this.kept.delete(text)
    this.kept.set(text, prepared)
    this.newest = { text, prepared }
  }
}
