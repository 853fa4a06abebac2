import { EngineRefusal } from '@tenantry/engines-contract'
import { readJson } from '../store/json.js'

/** How an import is asked for. */
export interface ImportOptions {
  readonly table: string
  readonly format: 'csv' | 'ndjson'
  /** Whether the first row of CSV names the columns. */
  readonly header: boolean
  /** The columns of CSV in order; `_` is one that is left out. */
  readonly columns: readonly string[] | undefined
  /** The column of the record's id; `_id`, which may be absent, unless it was asked for. */
  readonly id: string | undefined
  /** What stands between several values in one cell of CSV; a cell is one value, or a JSON list, where it is not there. */
  readonly separator: string | undefined
  /** What a bad row does: end the import, or be left out and counted. */
  readonly onError: 'abort' | 'skip'
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')

const isTextOrNone = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'

/** Reads what the gateway sends. Throws EngineRefusal InvalidBody. */
export const readImportOptions = (text: string): ImportOptions => {
  const { table, format, header, columns, id, separator, onError } = readJson(text)
  const isOne = typeof table === 'string' && (format === 'csv' || format === 'ndjson') && typeof header === 'boolean' && (onError === 'abort' || onError === 'skip')
  if (!isOne || !(columns === undefined || isTexts(columns)) || !isTextOrNone(id) || !isTextOrNone(separator) || separator === '') throw new EngineRefusal('InvalidBody', 'The options of the import are none.')
  return { table, format, header, columns, id, separator, onError }
}
