import type { Catalogue, Column, ForeignKey, Form, Table } from '../catalogue.js'

/** Tells all of one schema as one JSON text: `$1` is its name. Tables that the asking role may not see are not there. */
export const catalogueText = `SELECT coalesce(json_agg(json_build_object('name', c.relname, 'kind', c.relkind,
  'columns', (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'base', format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL), 'category', t.typcategory,
      'notNull', a.attnotnull, 'omittable', a.atthasdef OR a.attidentity <> '', 'generated', a.attgenerated <> '' OR a.attidentity = 'a',
      'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid)) ORDER BY a.attnum), '[]')
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'key', (SELECT json_agg(a.attname ORDER BY k.at) FROM pg_constraint AS p, unnest(p.conkey) WITH ORDINALITY AS k(number, at), pg_attribute AS a
    WHERE p.conrelid = c.oid AND p.contype = 'p' AND a.attrelid = c.oid AND a.attnum = k.number),
  'keys', (SELECT json_agg(json_build_object('to', o.relname,
      'columns', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(f.conkey) WITH ORDINALITY AS k(number, at), pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = k.number),
      'toColumns', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(f.confkey) WITH ORDINALITY AS k(number, at), pg_attribute AS a WHERE a.attrelid = o.oid AND a.attnum = k.number)) ORDER BY f.oid)
    FROM pg_constraint AS f JOIN pg_class AS o ON o.oid = f.confrelid AND o.relnamespace = c.relnamespace WHERE f.conrelid = c.oid AND f.contype = 'f')
) ORDER BY c.oid), '[]')::text
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT')`

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly base: string
  readonly category: string
  readonly notNull: boolean
  readonly omittable: boolean
  readonly generated: boolean
  readonly labels: readonly string[] | null
}

interface TableRow {
  readonly name: string
  readonly kind: 'r' | 'p' | 'v' | 'm'
  readonly columns: readonly ColumnRow[]
  readonly key: readonly string[] | null
  readonly keys: readonly { readonly to: string; readonly columns: readonly string[]; readonly toColumns: readonly string[] }[] | null
}

const forms: Readonly<Record<string, Form>> = {
  'smallint': 'whole', 'integer': 'whole', 'bigint': 'whole', 'real': 'real', 'double precision': 'real', 'numeric': 'real', 'boolean': 'truth', 'json': 'json', 'jsonb': 'json', 'bytea': 'file',
  'text': 'text', 'character varying': 'text', 'character': 'text', 'uuid': 'text', 'date': 'text', 'timestamp without time zone': 'text', 'timestamp with time zone': 'text',
}

const formOf = ({ base, category }: ColumnRow): Form => category === 'A' ? 'json' : forms[base] ?? 'untyped'

const columnOf = (row: ColumnRow, isView: boolean): Column => ({
  name: row.name, form: formOf(row), type: row.type, isNotNull: row.notNull, mayHoldNull: false,
  isOmittable: !row.notNull || row.omittable, isGenerated: row.generated, isComputed: isView, ...(row.labels && { options: row.labels }),
})

/** The catalogue that the answer of `catalogueText` tells of. */
export const postgresCatalogue = (answer: string): Catalogue => {
  // The statement above makes nothing else.
  const rows = new Map((JSON.parse(answer) as readonly TableRow[]).map((row) => [row.name, row]))
  const isTable = (name: string): boolean => /[rp]/.test(rows.get(name)?.kind ?? '')
  const tables = new Map<string, Table>()
  const to = new Map<string, ForeignKey[]>()
  const keysFrom = ({ name, keys }: TableRow): readonly ForeignKey[] => (keys ?? []).filter((key) => rows.has(key.to)).map((key) => ({ table: name, ...key }))
  for (const row of rows.values()) for (const key of keysFrom(row)) to.set(key.to, [...to.get(key.to) ?? [], key])
  return {
    names: [...rows.keys()],
    isTable,
    table: (name) => {
      const row = rows.get(name)
      if (!row || row.columns.length === 0) return undefined
      const table = tables.get(name) ?? { name, isView: !isTable(name), columns: row.columns.map((column) => columnOf(column, !isTable(name))), key: row.key ?? [] }
      tables.set(name, table)
      return table
    },
    keysOf: (name) => {
      const row = rows.get(name)
      return { from: row ? keysFrom(row) : [], to: to.get(name) ?? [] }
    },
  }
}
