import { type DataType, type SimpleType, type TypedColumn, printType, simple } from '@tenantry/featurebase-sql'
import type { Cell } from './system.js'

/** What a statement answers: FeatureBase's schema of its columns and its rows, both as JSON. */
export interface SqlAnswer {
  readonly fields: Buffer
  readonly data: Buffer
  /** How many there are, or, without fields, how many were changed. */
  readonly rows: number
  readonly warnings?: readonly string[]
  readonly plan?: unknown
}

const typeInfo = (type: DataType): string => type.name === 'decimal' ? `{"scale":${type.scale}}` : 'null'

/** `schema.fields` of an answer. */
export const fieldsJson = (columns: readonly TypedColumn[]): string =>
  `[${columns.map(({ name, type }) => `{"name":${JSON.stringify(name)},"type":"${printType(type)}","base-type":"${type.name}","type-info":${typeInfo(type)}}`).join(',')}]`

export const nothing: SqlAnswer = { fields: Buffer.from('[]'), data: Buffer.from('[]'), rows: 0 }

/** What a statement answers that has written or taken away so many rows. */
export const changed = (rows: number): SqlAnswer => ({ ...nothing, rows })

const cellJson = (cell: Cell): string => typeof cell === 'string' ? JSON.stringify(cell) : String(cell)

/** Rows that are there already: cells of timestamps are texts. */
export const told = (columns: readonly (readonly [string, SimpleType])[], rows: readonly (readonly Cell[])[]): SqlAnswer => ({
  fields: Buffer.from(fieldsJson(columns.map(([name, type]) => ({ name, type: simple(type) })))),
  data: Buffer.from(`[${rows.map((row) => `[${row.map(cellJson).join(',')}]`).join(',')}]`),
  rows: rows.length,
})
