import { marked, markStart, marks } from '../answer/marks.js'
import type { Column, Form } from '../catalogue.js'
import type { Convert, Dialect } from '../dialect.js'
import { type Sql, bind, join, literal, raw, sql } from '../plan/sql.js'
import { JsonText } from '../schema/scalars.js'

const orNull = (json: Sql): Sql => sql`coalesce(${json},'null')`
const json = (value: Sql): Sql => orNull(sql`to_json(${value})::text`)
const exact = (value: Sql): Sql => orNull(sql`to_json((${value})::text)::text`)

const spellings: Readonly<Record<Form, (value: Sql) => Sql>> = {
  whole: (value) => sql`CASE WHEN ${value} IS NULL THEN 'null' WHEN ${value} BETWEEN -2147483648 AND 2147483647 THEN (${value})::text ELSE ${literal(markStart + marks.overflow)}||(${value})::text||'"}' END`,
  // JSON has no word for what is no number and for what is without end: they come as texts.
  real: json,
  text: json,
  json,
  untyped: exact,
  truth: (value) => orNull(sql`(${value})::text`),
  file: (value) => orNull(sql`'"'||translate(encode(${value},'base64'),chr(10),'')||'"'`),
}

const plain: Convert = (value) => {
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof JsonText) return value.text
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** A list as Postgres writes it. */
const arrayText = (value: unknown): string => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return `{${list.map((each) => each === null || each === undefined ? 'NULL' : Array.isArray(each) ? arrayText(each) : `"${String(plain(each)).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
const listText: Convert = (list) => list === null || list === undefined ? null : arrayText(list)

const isList = ({ type }: Column): boolean => type?.endsWith('[]') === true
const ofColumn = (column: Column): Convert => isList(column) ? (value) => value instanceof JsonText ? listText(JSON.parse(value.text)) : listText(value) : plain

/** Postgres: values of one type a column, so that JSON can be made without looking at each. Every value is sent as text, and its type is the column's. */
export const postgres: Dialect = {
  placeholder: (at) => `$${at + 1}`,
  cell: (column, value) => spellings[column.form](value),
  exact,
  number: json,
  concat: (parts) => join(parts, '||'),
  array: (rows, most) => sql`(SELECT CASE WHEN count(*)>${raw(String(most))} THEN ${literal(marked('tooMany'))} ELSE '['||coalesce(string_agg(o,','),'')||']' END FROM (${rows}) AS q)`,
  countedArray: (rows) => sql`SELECT '['||coalesce(string_agg(o,','),'')||']',count(*) FROM (${rows}) AS q`,
  compared: (_, value) => value,
  same: (value, other) => sql`${value} IS NOT DISTINCT FROM ${other}`,
  different: (value, other) => sql`${value} IS DISTINCT FROM ${other}`,
  like: (value, pattern) => sql`(${value})::text LIKE ${bind(pattern, plain)} ESCAPE ''`,
  likeAnyCase: (value, pattern) => sql`(${value})::text ILIKE ${bind(pattern, plain)} ESCAPE ''`,
  among: (_, value, list) => sql`${value}=ANY(${bind(list, listText)})`,
  holdsNull: (list) => sql`array_position(${bind(list, listText)}::text[],NULL) IS NOT NULL`,
  bound: (column, value) => bind(value, ofColumn(column)),
  count: (value, as) => bind(value, (given) => plain(as(given))),
  // Where nothing is missing an order is left as it is: an index has it the same way.
  direction: (isDescending, mayBeMissing) => raw(`${isDescending ? ' DESC' : ''}${mayBeMissing ? isDescending ? ' NULLS LAST' : ' NULLS FIRST' : ''}`),
  cursor: (values) => sql`to_json(json_build_array(${join(values, ',')})::text)::text`,
  placed: (value) => sql`to_jsonb(${value})`,
  cursorPart: (cursor, at) => sql`nullif(${bind(cursor, plain)}::jsonb->${raw(String(at))},'null')`,
}
