import { marked, markStart, marks } from '../answer/marks.js'
import type { Form } from '../catalogue.js'
import type { Convert, Dialect } from '../dialect.js'
import { type Sql, bind, join, literal, raw, sql } from '../plan/sql.js'
import { JsonText } from '../schema/scalars.js'

/** A function takes 127 arguments at most, so that many texts are joined in steps. */
const mostArguments = 100

const concat = (parts: readonly Sql[]): Sql => {
  if (parts.length <= mostArguments) return sql`concat(${join(parts, ',')})`
  const pieces: Sql[] = []
  for (let at = 0; at < parts.length; at += mostArguments) pieces.push(concat(parts.slice(at, at + mostArguments)))
  return concat(pieces)
}

// Any BLOB is at least as great as the empty one, and nothing else is.
const shown = (value: Sql, otherwise: Sql): Sql => sql`iif(${value}>=x'',${literal(markStart + marks.bytes)}||hex(${value})||'"}',${otherwise})`
const exact = (value: Sql): Sql => shown(value, sql`iif(${value} IS NULL,'null',json_quote(${value}||''))`)
const quote = (value: Sql): Sql => shown(value, sql`json_quote(${value})`)

const spellings: Readonly<Record<Exclude<Form, 'file'>, (value: Sql) => Sql>> = {
  whole: (value) => sql`iif(${value} BETWEEN -2147483648 AND 2147483647,${value},iif(typeof(${value})='integer',${literal(markStart + marks.overflow)}||${value}||'"}',${quote(value)}))`,
  real: quote,
  text: quote,
  untyped: exact,
  truth: (value) => sql`iif(typeof(${value})='integer',iif(${value},'true','false'),${quote(value)})`,
  json: (value) => sql`iif(json_valid(${value},6),json(${value}),${quote(value)})`,
}

const plain: Convert = (value) => {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (value instanceof JsonText) return value.text
  if (typeof value === 'number') return Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 63 ? BigInt(value) : value
  return typeof value === 'string' || typeof value === 'bigint' ? value : value == null ? null : JSON.stringify(value)
}

/** GLOB is what compares with case here: its signs stand for those of LIKE, and what were its own become plain. */
const glob: Convert = (pattern) => pattern == null ? null
  : String(pattern).replaceAll(/[*?[%_]/g, (sign) => sign === '%' ? '*' : sign === '_' ? '?' : `[${sign}]`)

const listJson: Convert = (list) => list == null ? null
  : `[${(Array.isArray(list) ? list as readonly unknown[] : [list]).map((value) => typeof value === 'bigint' ? value.toString() : JSON.stringify(value instanceof JsonText ? value.text : value)).join(',')}]`

/** An address for what a file column holds. */
export type FileAddress = (table: string, column: string) => string

/** SQLite: values of any type in any column, JSON made of texts. Bytes are never in a value, since SQLite might take them for its own JSON. */
export const sqlite = (addressOf: FileAddress): Dialect => ({
  placeholder: () => '?',
  cell: (column, value, { table, rowid }) => {
    if (column.form === 'file') {
      if (!rowid) return exact(value)
      return sql`iif(${value} IS NULL,'null',json_quote(${literal(`{"url":"${addressOf(table, column.name)}`)}||${rowid}||'"}'))`
    }
    // A computed text may be marked as JSON, and would go in as that; a new text has no such mark.
    const spelling = column.form === 'text' && column.isComputed ? exact(value) : spellings[column.form](value)
    return column.isNotNull && column.mayHoldNull ? sql`iif(${value} IS NULL,${literal(marked('missing'))},${spelling})` : spelling
  },
  exact,
  number: (value) => sql`json_quote(${value})`,
  concat,
  array: (rows, most) => sql`(SELECT iif(count(*)>${raw(String(most))},${literal(marked('tooMany'))},'['||coalesce(group_concat(o),'')||']') FROM (${rows}))`,
  countedArray: (rows) => sql`SELECT '['||coalesce(group_concat(o),'')||']',count(*) FROM (${rows})`,
  compared: (column, value) => column.form === 'untyped' && column.isComputed ? sql`CAST(${value} AS TEXT)` : value,
  same: (value, other) => sql`${value} IS ${other}`,
  different: (value, other) => sql`${value} IS NOT ${other}`,
  like: (value, pattern) => sql`${value} GLOB ${bind(pattern, glob)}`,
  likeAnyCase: (value, pattern) => sql`${value} LIKE ${bind(pattern, plain)}`,
  among: (_, value, list) => sql`${value} IN (SELECT value FROM json_each(${bind(list, listJson)}))`,
  bound: (_, value) => bind(value, plain),
  holdsNull: (list) => sql`EXISTS (SELECT 1 FROM json_each(${bind(list, listJson)}) WHERE value IS NULL)`,
  count: bind,
  direction: (isDescending) => raw(isDescending ? ' DESC' : ''),
  placed: (value) => value,
  cursor: (values) => sql`json_quote(json_array(${join(values, ',')})||'')`,
  cursorPart: (cursor, at) => sql`json_extract(${bind(cursor, plain)},${literal(`$[${at}]`)})`,
})
