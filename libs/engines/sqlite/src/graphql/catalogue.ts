import type { Catalogue, ForeignKey, Table } from '@tenantry/graphql-sql'
import type { DatabaseSync } from 'node:sqlite'
import type { Connection } from '../connection.js'
import { type ColumnInfo, columnOf, optionsIn, rowidColumn } from './columns.js'

interface Entry {
  readonly name: string
  readonly kind: 'table' | 'view' | 'virtual'
  readonly definition: string
}

type Rows<T> = readonly T[]
const all = <T>(database: DatabaseSync, text: string, ...values: readonly string[]): Rows<T> => database.prepare(text).all(...values) as Iterable<unknown> as Rows<T>

const kindOf = (type: string, definition: string): Entry['kind'] => type === 'view' ? 'view' : /^create\s+virtual/i.test(definition) ? 'virtual' : 'table'

const entriesOf = (database: DatabaseSync): readonly Entry[] => {
  const rows = all<{ readonly name: string; readonly type: string; readonly sql: string | null }>(database,
    `SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid`)
  const entries = rows.map(({ name, type, sql }) => ({ name, kind: kindOf(type, sql ?? ''), definition: sql ?? '' }))
  if (!entries.some(({ kind }) => kind === 'virtual')) return entries
  const shadows = new Set(all<{ readonly name: string }>(database, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'`).map(({ name }) => name))
  return entries.filter(({ name }) => !shadows.has(name))
}

interface KeyRow {
  readonly name: string
  readonly id: number
  readonly to: string
  readonly from: string
  readonly toColumn: string | null
}

/** A foreign key as it is declared, from one table of the catalogue to another. */
interface KeyFound {
  readonly table: string
  readonly to: string
  readonly rows: Rows<KeyRow>
}

interface KeysFound {
  readonly from: KeyFound[]
  readonly to: KeyFound[]
}

/** What SQLite says of a database's tables. Each table is read when it is first asked for, and again only when its definition is another. */
export class SqliteCatalogue implements Catalogue {
  readonly names: readonly string[]
  private readonly entries: ReadonlyMap<string, Entry>
  private readonly read = new Map<string, Table | undefined>()
  private keys: ReadonlyMap<string, KeysFound> | undefined

  constructor(private readonly connection: Connection, before?: SqliteCatalogue) {
    const entries = this.trusted(entriesOf)
    this.names = entries.map(({ name }) => name)
    this.entries = new Map(entries.map((entry) => [entry.name, entry]))
    for (const [name, table] of before?.read ?? []) {
      const [entry, old] = [this.entries.get(name), before?.entries.get(name)]
      // A view's columns may change with what it reads.
      if (entry?.kind === 'table' && entry.definition === old?.definition) this.read.set(name, table)
    }
  }

  isTable(name: string): boolean {
    return this.entries.get(name)?.kind === 'table'
  }

  table(name: string): Table | undefined {
    if (!this.read.has(name)) this.read.set(name, this.trusted((database) => this.readTable(database, name)))
    return this.read.get(name)
  }

  keysOf(name: string): { readonly from: readonly ForeignKey[]; readonly to: readonly ForeignKey[] } {
    this.keys ??= this.trusted((database) => this.readKeys(database))
    const { from = [], to = [] } = this.keys.get(name) ?? {}
    return { from: from.flatMap((key) => this.keyOf(key)), to: to.flatMap((key) => this.keyOf(key)) }
  }

  /** A key with the columns that it leads to: those it names, or the other table's own key. None, where these are not there. */
  private keyOf({ table, to, rows }: KeyFound): readonly ForeignKey[] {
    const parent = this.table(to)
    const toColumns = rows.flatMap(({ toColumn }, place) => columnNamed(parent, toColumn ?? parent?.key[place] ?? '') ?? [])
    return toColumns.length === rows.length ? [{ table, columns: rows.map(({ from }) => from), to, toColumns }] : []
  }

  /** A view that cannot be read, because what it reads is gone, is as good as not there. */
  private readTable(database: DatabaseSync, name: string): Table | undefined {
    const entry = this.entries.get(name)
    if (!entry) return undefined
    try {
      return this.describe(database, entry)
    } catch (error) {
      if (entry.kind === 'table') throw error
      return undefined
    }
  }

  private describe(database: DatabaseSync, { name, kind, definition }: Entry): Table | undefined {
    const infos = all<ColumnInfo>(database, 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', name).filter(({ hidden }) => hidden !== 1)
    if (infos.length === 0) return undefined
    const keyed = infos.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk).map((info) => info.name)
    const rowid = kind === 'view' ? undefined : rowidName(database, name, infos)
    const isView = kind !== 'table'
    const around = { isView, hasRowid: rowid !== undefined, options: optionsIn(definition), keyLength: keyed.length }
    return {
      name, isView,
      columns: [...rowid === undefined ? [] : [rowidColumn(rowid)], ...infos.map((info) => columnOf(info, around))],
      key: isView ? [] : keyed.length > 0 ? keyed : rowid === undefined ? [] : [rowid],
      ...(rowid !== undefined && { rowid }),
    }
  }

  private readKeys(database: DatabaseSync): ReadonlyMap<string, KeysFound> {
    const names = new Map(this.names.filter((name) => this.isTable(name)).map((name) => [name.toLowerCase(), name]))
    const rows = all<KeyRow>(database, `SELECT s.name, f.id, f."table" AS "to", f."from", f."to" AS toColumn FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
      WHERE s.type = 'table' AND s.sql LIKE '%references%' ORDER BY s.rowid, f.id DESC, f.seq`)
    const found = new Map<string, KeysFound>()
    const at = (name: string): KeysFound => {
      const known = found.get(name) ?? { from: [], to: [] }
      found.set(name, known)
      return known
    }
    for (const group of grouped(rows)) {
      const [table, to] = [names.get(group[0].name.toLowerCase()), names.get(group[0].to.toLowerCase())]
      if (table === undefined || to === undefined) continue
      const key = { table, to, rows: group }
      at(table).from.push(key)
      at(to).to.push(key)
    }
    return found
  }

  private trusted<T>(work: (database: DatabaseSync) => T): T {
    const { database, gate } = this.connection
    gate.trusted = true
    try {
      return work(database)
    } finally {
      gate.trusted = false
    }
  }
}

const columnNamed = (table: Table | undefined, name: string): string | undefined => table?.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name

const grouped = (rows: Rows<KeyRow>): readonly (readonly [KeyRow, ...KeyRow[]])[] => {
  const groups: [KeyRow, ...KeyRow[]][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last?.[0].name === row.name && last[0].id === row.id) last.push(row)
    else groups.push([row])
  }
  return groups
}

/** What the number of a row is called in a table; undefined for one made without. */
const rowidName = (database: DatabaseSync, table: string, columns: Rows<ColumnInfo>): string | undefined => {
  const name = ['rowid', '_rowid_', 'oid'].find((each) => !columns.some((column) => column.name.toLowerCase() === each))
  if (name === undefined) return undefined
  try {
    database.prepare(`SELECT ${name} FROM "${table.replaceAll('"', '""')}" LIMIT 0`)
    return name
  } catch {
    // SQLite alone knows which tables were made without: it finds no such column in them.
    return undefined
  }
}
