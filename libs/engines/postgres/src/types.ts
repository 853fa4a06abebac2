/** FeatureBase's words for what a column holds. */
export type FieldType = 'int' | 'bool' | 'timestamp' | 'decimal' | 'string' | 'idset' | 'stringset'

/** Writes a value, as the server spells it in text, into JSON. */
export type Spell = (text: string) => string

interface Kind {
  readonly name: string
  readonly type: FieldType
  readonly spell: Spell
}

const asIs: Spell = (text) => text
const quoted: Spell = (text) => JSON.stringify(text)
const number: Spell = (text) => /^-?[0-9]/.test(text) ? text : `"${text}"`
const truth: Spell = (text) => text === 't' ? 'true' : 'false'
const bytes: Spell = (text) => text.startsWith('\\x') ? `"${Buffer.from(text.slice(2), 'hex').toString('base64')}"` : quoted(text)

const instantText = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?))?([+-]\d\d(?::\d\d){0,2})?$/

/** An instant in RFC 3339, with as many digits as it has; what that has no words for (BC, infinity) stays the server's. */
const instant: Spell = (text) => {
  const [whole, year, month, day, time = '00:00:00', offset] = instantText.exec(text) ?? []
  if (whole === undefined) return quoted(text)
  const zone = offset === undefined || offset === '+00' ? 'Z' : offset.length === 3 ? `${offset}:00` : offset
  return `"${year}-${month}-${day}T${time}${zone}"`
}

/** An array as the server spells it, `{1,NULL,"a b",{…}}`, with each element in JSON. Bounds before it say nothing that JSON could keep. */
const list = (element: Spell): Spell => (text) => {
  let at = text.indexOf('{')
  const value = (): string => {
    if (text[at] === '{') return elements()
    if (text[at] === '"') return element(quotedElement())
    const end = /[,}]/g
    end.lastIndex = at
    const from = at
    at = end.exec(text)?.index ?? text.length
    const plain = text.slice(from, at)
    return plain === 'NULL' ? 'null' : element(plain)
  }
  const quotedElement = (): string => {
    let read = ''
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      read += text[at] ?? ''
    }
    at += 1
    return read
  }
  const elements = (): string => {
    const all: string[] = []
    for (at += 1; at < text.length && text[at] !== '}';) {
      all.push(value())
      if (text[at] === ',') at += 1
    }
    at += 1
    return `[${all.join(',')}]`
  }
  return elements()
}

const plain: readonly (readonly [oid: number, arrayOid: number, name: string, type: FieldType, spell: Spell])[] = [
  [16, 1000, 'boolean', 'bool', truth], [17, 1001, 'bytea', 'string', bytes], [18, 1002, '"char"', 'string', quoted], [19, 1003, 'name', 'string', quoted],
  [20, 1016, 'bigint', 'int', asIs], [21, 1005, 'smallint', 'int', asIs], [23, 1007, 'integer', 'int', asIs], [25, 1009, 'text', 'string', quoted],
  [26, 1028, 'oid', 'int', asIs], [114, 199, 'json', 'string', asIs], [3802, 3807, 'jsonb', 'string', asIs],
  [700, 1021, 'real', 'decimal', number], [701, 1022, 'double precision', 'decimal', number], [1700, 1231, 'numeric', 'decimal', number],
  [1042, 1014, 'character', 'string', quoted], [1043, 1015, 'character varying', 'string', quoted], [2950, 2951, 'uuid', 'string', quoted],
  [1082, 1182, 'date', 'timestamp', instant], [1114, 1115, 'timestamp without time zone', 'timestamp', instant],
  [1184, 1185, 'timestamp with time zone', 'timestamp', instant], [1083, 1183, 'time without time zone', 'string', quoted],
  [1266, 1270, 'time with time zone', 'string', quoted], [1186, 1187, 'interval', 'string', quoted], [790, 791, 'money', 'string', quoted],
  [869, 1041, 'inet', 'string', quoted], [650, 651, 'cidr', 'string', quoted], [2278, 0, 'void', 'string', quoted], [705, 0, 'unknown', 'string', quoted],
]

const kinds: ReadonlyMap<number, Kind> = new Map(plain.flatMap(([oid, arrayOid, name, type, spell]) => [
  [oid, { name, type, spell }],
  [arrayOid, { name: `${name}[]`, type: type === 'int' ? 'idset' : 'stringset', spell: list(spell) }],
] as const))

/** A column as the server describes it. */
export interface Column {
  readonly name: string
  readonly oid: number
  readonly modifier: number
}

export const spellOf = ({ oid }: Column): Spell => kinds.get(oid)?.spell ?? quoted

/** The types that only the server has names for, such as enumerations. */
export const strangers = (columns: readonly Column[]): readonly number[] => [...new Set(columns.map(({ oid }) => oid).filter((oid) => !kinds.has(oid)))]

// The modifier holds what a declaration has in brackets, moved by four.
const detailOf = ({ oid, modifier }: Column): string => {
  if (modifier < 4) return ''
  const held = modifier - 4
  if (oid === 1700) return `(${held >> 16},${((held & 0x7ff) ^ 1024) - 1024})`
  return oid === 1042 || oid === 1043 ? `(${held})` : ''
}

/** The fields of an answer as JSON; `named` has the names of the strangers. */
export const fieldsJson = (columns: readonly Column[], named: ReadonlyMap<number, string>): Buffer =>
  Buffer.from(JSON.stringify(columns.map((column) => {
    const kind = kinds.get(column.oid)
    const type = kind?.type ?? 'string'
    const declared = kind ? `${kind.name}${detailOf(column)}` : named.get(column.oid)
    return { name: column.name, type, 'base-type': type, 'type-info': declared === undefined ? null : { declared } }
  })))
