import type { Column, Form } from '@tenantry/graphql-sql'

/** One row of `PRAGMA table_xinfo`. */
export interface ColumnInfo {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
  /** 0 as written, 1 hidden by a module, 2 and 3 generated. */
  readonly hidden: number
}

/** What a column holds, by its declared type, in the order in which AirGQL asks. What it calls Int for want of a rule is told apart here. */
export const formOf = (declared: string): Form => {
  const type = declared.toUpperCase()
  if (type.includes('INT')) return 'whole'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type.includes('BLOB')) return 'file'
  if (/REAL|FLOA|DOUB/.test(type)) return 'real'
  if (type.includes('BOOL')) return 'truth'
  if (type.includes('JSON')) return 'json'
  return /NUMERIC|DECIMAL/.test(type) ? 'real' : 'untyped'
}

const longestRead = 100_000
const choice = /CHECK\s*\(\s*(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|(\w+))\s+IN\s*\(\s*('(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)\s*\)\s*\)/gi

/** The texts that a table's definition lets a column be, by the column's name in lower case. */
export const optionsIn = (definition: string): ReadonlyMap<string, readonly string[]> => definition.length > longestRead ? new Map()
  : new Map([...definition.matchAll(choice)].map(([, quoted, ticked, bracketed, bare, list = '']) => [
    (quoted ?? ticked ?? bracketed ?? bare ?? '').toLowerCase(),
    (list.match(/'(?:[^']|'')*'/g) ?? []).map((text) => text.slice(1, -1).replaceAll('\'\'', '\'')),
  ]))

export interface Around {
  readonly isView: boolean
  readonly hasRowid: boolean
  readonly options: ReadonlyMap<string, readonly string[]>
  /** How many columns the key has. */
  readonly keyLength: number
}

export const columnOf = ({ name, type, notnull, dflt_value: preset, pk, hidden }: ColumnInfo, around: Around): Column => {
  const options = around.options.get(name.toLowerCase())
  const isNumber = pk === 1 && around.keyLength === 1 && around.hasRowid && type.toUpperCase() === 'INTEGER'
  return {
    name,
    form: formOf(type),
    isNotNull: notnull === 1 || pk === 1,
    mayHoldNull: pk === 1 && notnull === 0 && !isNumber,
    isOmittable: notnull === 0 || preset !== null || (pk > 0 && /^int/i.test(type)),
    isGenerated: hidden > 1,
    isComputed: hidden > 1 || around.isView,
    ...(options && { options }),
  }
}

/** The number of its row, which every table has that was not made without; a real column of that name hides it. */
export const rowidColumn = (name: string): Column =>
  ({ name, form: 'whole', isNotNull: true, mayHoldNull: false, isOmittable: true, isGenerated: false, isComputed: false })
