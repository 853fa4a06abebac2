import { isUtf8 } from 'node:buffer'
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { answerTooLong, tooManyRows } from '@tenantry/engines-contract'
import { isOfStatement } from '@tenantry/engines-files'
import type { QueryLimits, QueryParameter } from '@tenantry/engines-contract'
import { fieldsJson, typesInJson } from './fields.js'
import type { FieldType } from './fields.js'
import type { Prepared } from './statements.js'

export interface Rows {
  readonly fields: Buffer
  readonly data: Buffer
  readonly rows: number
}

const empty = Buffer.from('[]')
const widest = 2n ** 63n

/** A parameter as SQLite keeps it: whole numbers as integers, truth as 0 and 1. */
export const bound = (value: QueryParameter): SQLInputValue => {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value !== 'number' || !Number.isInteger(value) || Object.is(value, -0)) return value
  const whole = BigInt(value)
  return whole >= -widest && whole < widest ? whole : value
}

/** A real as SQLite's own JSON has it: never without a point or an exponent, infinity as a number past all others. */
const realJson = (value: number): string => {
  if (value === Infinity) return '9.0e+999'
  if (value === -Infinity) return '-9.0e+999'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

const valueJson = (value: SQLOutputValue): string => {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return realJson(value)
  return typeof value === 'string' ? JSON.stringify(value) : `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`
}

const valueType = (value: SQLOutputValue): FieldType | undefined => {
  if (value === null) return undefined
  return typeof value === 'bigint' ? 'int' : typeof value === 'number' ? 'decimal' : 'string'
}

const partBytes = 256 * 1024

/** Runs the statement row by row; what was made so far is all that is held. */
export const answerByRows = (prepared: Prepared, params: readonly SQLInputValue[], limits: QueryLimits): Rows => {
  const found: (FieldType | undefined)[] = prepared.untyped.map(() => undefined)
  const parts: Buffer[] = []
  let part = '['
  let bytes = 0
  let rows = 0
  // The statement gives arrays, as it was told to; its type knows only the default.
  for (const row of prepared.statement.iterate(...params) as Iterable<unknown> as Iterable<readonly SQLOutputValue[]>) {
    rows += 1
    if (rows > limits.answerRows) throw tooManyRows(limits)
    part += rows > 1 ? ',[' : '['
    for (let column = 0; column < row.length; column += 1) {
      const value = row[column] ?? null
      found[column] ??= valueType(value)
      part += column > 0 ? `,${valueJson(value)}` : valueJson(value)
      if (bytes + part.length > limits.answerBytes) throw answerTooLong(limits)
    }
    part += ']'
    if (part.length > partBytes) {
      parts.push(Buffer.from(part))
      bytes += parts.at(-1)?.length ?? 0
      part = ''
    }
  }
  parts.push(Buffer.from(`${part}]`))
  const data = Buffer.concat(parts)
  if (data.length > limits.answerBytes) throw answerTooLong(limits)
  return { fields: prepared.fields ?? fieldsJson(prepared.columns, found), data, rows }
}

const answerWrapped = (prepared: Prepared, params: readonly SQLInputValue[], limits: QueryLimits): Rows | undefined => {
  let row: unknown
  try {
    row = prepared.wrapped?.get(...params)
  } catch (error) {
    if (isOfStatement(error)) return undefined
    throw error
  }
  if (!Array.isArray(row)) return undefined
  const [json, rows]: readonly unknown[] = row
  if (rows === 0) return { fields: prepared.fields ?? fieldsJson(prepared.columns, []), data: empty, rows }
  if (!(json instanceof Uint8Array) || typeof rows !== 'number') return undefined
  if (rows > limits.answerRows) throw tooManyRows(limits)
  const data = asText(json)
  if (data.length > limits.answerBytes) throw answerTooLong(limits)
  return { fields: prepared.fields ?? fieldsJson(prepared.columns, typesInJson(data.toString(), prepared.untyped)), data, rows }
}

/** SQLite's bytes as they are. A tenant's text may hold some that are no text: they become what any reader would make of them. */
const asText = (bytes: Uint8Array): Buffer => {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(data) ? data : Buffer.from(data.toString())
}

/** The rows of a statement that only reads. */
export const answerRows = (prepared: Prepared, params: readonly SQLInputValue[], limits: QueryLimits): Rows => {
  const wrapped = prepared.wrapped && answerWrapped(prepared, params, limits)
  if (wrapped) return wrapped
  // What failed once for a BLOB most likely fails again: the text is run row by row as long as it stays prepared.
  prepared.wrapped = undefined
  return answerByRows(prepared, params, limits)
}

/** Runs a statement that answers with a count of changed rows and nothing else. */
export const answerChange = (prepared: Prepared, params: readonly SQLInputValue[]): Rows => {
  const { changes } = prepared.statement.run(...params)
  return { fields: empty, data: empty, rows: prepared.changesRows ? Number(changes) : 0 }
}
