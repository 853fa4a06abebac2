/** FeatureBase's words for what a column holds. */
export type FieldType = 'int' | 'bool' | 'timestamp' | 'decimal' | 'string'

/** The field type of a declared column type, by the parts of the text that SQLite itself looks at. */
export const declaredType = (declared: string): FieldType => {
  const text = declared.toUpperCase()
  if (text.includes('INT')) return 'int'
  if (text.includes('BOOL')) return 'bool'
  if (text.includes('DATE') || text.includes('TIME')) return 'timestamp'
  if (/CHAR|CLOB|TEXT|BLOB/.test(text)) return 'string'
  return /REAL|FLOA|DOUB|NUM|DEC/.test(text) ? 'decimal' : 'string'
}

/** A column of an answer as SQLite names it; `declared` is null for an expression. */
export interface Column {
  readonly name: string
  readonly declared: string | null
}

/** The fields as JSON. `found` tells the type of each expression; one that held nothing is a string. */
export const fieldsJson = (columns: readonly Column[], found: readonly (FieldType | undefined)[]): Buffer =>
  Buffer.from(JSON.stringify(columns.map(({ name, declared }, index) => {
    const type = declared === null ? found[index] ?? 'string' : declaredType(declared)
    return { name, type, 'base-type': type, 'type-info': declared === null ? null : { declared } }
  })))

const plainValue = /null|-?[0-9][0-9.eE+-]*/y

/** Where the JSON text that opens at `start` ends. Written as a loop: a pattern overflows its stack on long texts. */
const textEnd = (json: string, start: number): number => {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let slashes = 0
    while (json[quote - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return quote + 1
  }
  return json.length
}

const valueEnd = (json: string, start: number): number => {
  if (json[start] === '"') return textEnd(json, start)
  plainValue.lastIndex = start
  return plainValue.test(json) ? plainValue.lastIndex : json.length
}

const typeBetween = (json: string, start: number, end: number): FieldType | undefined => {
  if (json[start] === 'n') return undefined
  if (json[start] === '"') return 'string'
  return /[.eE]/.test(json.slice(start, end)) ? 'decimal' : 'int'
}

/**
 * The types of the first values that are not null, read from the rows' own JSON: `[[1,null],[2,"a"]]` → int, string.
 * `wanted` marks the columns to find, and reading stops when all are found.
 */
export const typesInJson = (json: string, wanted: readonly boolean[]): readonly (FieldType | undefined)[] => {
  const found: (FieldType | undefined)[] = wanted.map(() => undefined)
  let missing = wanted.filter(Boolean).length
  let at = 2
  while (missing > 0 && at < json.length) {
    for (let column = 0; column < wanted.length; column += 1) {
      const end = valueEnd(json, at)
      if (wanted[column] === true && found[column] === undefined) {
        found[column] = typeBetween(json, at, end)
        if (found[column] !== undefined) missing -= 1
      }
      at = end + 1
    }
    at += 2
  }
  return found
}
