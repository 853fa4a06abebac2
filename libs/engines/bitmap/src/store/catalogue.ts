import type { DatabaseSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import { type FieldOptions, printFieldOptions, readFieldOptions } from './field-options.js'
import { printJson, readJson } from './json.js'
import { columnOf, dictionaryOf, keysOf, rowsOf, valuesOf } from './schema.sql.js'

export interface Field {
  readonly id: number
  readonly name: string
  readonly options: FieldOptions
  readonly createdAt: number
}

export interface Table {
  readonly id: number
  readonly name: string
  /** Records are named by texts, which have ids here. */
  readonly keyed: boolean
  /** Whether it is known which records there are: without, All and Not cannot be asked. */
  readonly tracks: boolean
  readonly description: string
  readonly createdAt: number
  readonly fields: ReadonlyMap<string, Field>
}

/** A query with a name. */
export interface View {
  readonly name: string
  readonly query: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface TableWish {
  readonly name: string
  readonly keyed: boolean
  readonly tracks: boolean
  readonly description?: string
}

/** A row of the wide table has a column for each field, and SQLite reads wider ones slowly. */
export const mostFields = 1_000
const mostTables = 10_000
const mostViews = 1_000

const nameRule = /^[a-z][a-z0-9Θ_-]{0,229}$/

const refuse = (message: string): never => { throw new EngineRefusal('InvalidParameter', message) }

export const checkName = (kind: 'index' | 'field', name: string): string =>
  nameRule.test(name) ? name : refuse(`invalid ${kind} name: ${JSON.stringify(name.slice(0, 300))}: names begin with a small letter, and have small letters, digits, _ and - and at most 230 characters`)

/** Whether values of a field stand for texts, kept in a dictionary of the field's own. */
export const hasWords = ({ options }: Field): boolean => 'keys' in options && options.keys
/** Whether a record may have many values of the field: they are kept beside the wide row. */
export const isMany = ({ options: { type } }: Field): boolean => type === 'set' || type === 'time'
/** Whether the field's values are numbers to compare, and not names of rows. */
export const isNumeric = ({ options: { type } }: Field): boolean => type === 'int' || type === 'decimal' || type === 'timestamp'

interface TableRow { id: number; name: string; keyed: number; tracks: number; description: string; created_at: number }
interface ViewRow { name: string; query: string; created_at: number; updated_at: number }
interface FieldRow { id: number; table_id: number; name: string; options: string; created_at: number }

/** Which tables and fields there are. It changes within whatever transaction is open; `forget` takes back what was not kept. */
export class Catalogue {
  private tables: Map<string, Table & { readonly fields: Map<string, Field> }> | undefined
  private views: ReadonlyMap<string, View> | undefined
  /** Another number whenever a table, field or view was made or ended. */
  version = 0

  constructor(private readonly database: DatabaseSync) {}

  all(): readonly Table[] {
    return [...this.known().values()]
  }

  find(name: string): Table | undefined {
    return this.known().get(name)
  }

  forget(): void {
    this.tables = undefined
    this.views = undefined
    this.version += 1
  }

  /** Ends a table with its rows, words, values and bitmaps. What is remembered of it must be forgotten then. */
  dropTable(table: Table): void {
    for (const field of table.fields.values()) this.dropParts(field)
    this.database.exec(`DROP TABLE ${rowsOf(table.id)}`)
    if (table.keyed) this.database.exec(`DROP TABLE ${keysOf(table.id)}`)
    this.dropBitmaps(-table.id)
    this.database.prepare('DELETE FROM tables WHERE id = ?').run(table.id)
    this.known().delete(table.name)
    this.version += 1
  }

  dropField(table: Table, field: Field): void {
    this.dropParts(field)
    this.database.exec(`ALTER TABLE ${rowsOf(table.id)} DROP COLUMN ${columnOf(field.id)}`)
    this.database.prepare('DELETE FROM fields WHERE id = ?').run(field.id)
    this.known().get(table.name)?.fields.delete(field.name)
    this.version += 1
  }

  view(name: string): View | undefined {
    return this.knownViews().get(name)
  }

  allViews(): readonly View[] {
    return [...this.knownViews().values()]
  }

  /** Makes a view, or gives one another query. */
  putView(name: string, query: string): void {
    checkName('index', name)
    if (!this.knownViews().has(name) && this.knownViews().size >= mostViews) refuse(`a database may have ${mostViews} views at most`)
    const now = Date.now()
    this.database.prepare('INSERT INTO views (name, query, created_at, updated_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (name) DO UPDATE SET query = ?2, updated_at = ?3').run(name, query, now)
    this.views = undefined
    this.version += 1
  }

  dropView(name: string): void {
    this.database.prepare('DELETE FROM views WHERE name = ?').run(name)
    this.views = undefined
    this.version += 1
  }

  /** Throws InvalidParameter for a bad name, one that is taken, and one table too many. */
  createTable({ name, keyed, tracks, description = '' }: TableWish): Table {
    checkName('index', name)
    if (this.known().has(name)) refuse('creating index: index already exists')
    if (this.known().size >= mostTables) refuse(`a database may have ${mostTables} tables at most`)
    const createdAt = Date.now()
    const { id } = this.get<{ id: number }>('INSERT INTO tables (name, keyed, tracks, description, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id', name, keyed ? 1 : 0, tracks ? 1 : 0, description, createdAt)
    this.database.exec(`CREATE TABLE ${rowsOf(id)} (id INTEGER PRIMARY KEY)`)
    if (keyed) this.database.exec(`CREATE TABLE ${keysOf(id)} (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)`)
    const table = { id, name, keyed, tracks, description, createdAt, fields: new Map<string, Field>() }
    this.known().set(name, table)
    this.version += 1
    return table
  }

  /** Throws InvalidParameter for a bad name, one that is taken, and one field too many. */
  createField(table: Table, name: string, options: FieldOptions): Field {
    checkName('field', name)
    const fields = this.known().get(table.name)?.fields
    if (!fields || fields.has(name)) return refuse('creating field: field already exists')
    if (fields.size >= mostFields) return refuse(`a table may have ${mostFields} fields at most`)
    if (options.type === 'int' && options.foreignIndex !== undefined && !this.find(options.foreignIndex)) return refuse(`creating field: foreign index not found: ${options.foreignIndex}`)
    const createdAt = Date.now()
    const { id } = this.get<{ id: number }>('INSERT INTO fields (table_id, name, options, created_at) VALUES (?, ?, ?, ?) RETURNING id', table.id, name, printJson(printFieldOptions(options)), createdAt)
    const field = { id, name, options, createdAt }
    this.database.exec(`ALTER TABLE ${rowsOf(table.id)} ADD COLUMN ${columnOf(id)} INTEGER`)
    if (isMany(field)) this.database.exec(`CREATE TABLE ${valuesOf(id)} (record INTEGER NOT NULL, value INTEGER NOT NULL, view INTEGER NOT NULL, PRIMARY KEY (record, value, view)) WITHOUT ROWID`)
    if (hasWords(field)) this.database.exec(`CREATE TABLE ${dictionaryOf(id)} (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)`)
    fields.set(name, field)
    this.version += 1
    return field
  }

  private dropParts(field: Field): void {
    if (isMany(field)) this.database.exec(`DROP TABLE ${valuesOf(field.id)}`)
    if (hasWords(field)) this.database.exec(`DROP TABLE ${dictionaryOf(field.id)}`)
    this.dropBitmaps(field.id)
  }

  private dropBitmaps(owner: number): void {
    this.database.prepare('DELETE FROM saved_bitmaps WHERE owner = ?').run(owner)
    this.database.prepare('DELETE FROM changes WHERE owner = ?').run(owner)
  }

  private knownViews(): ReadonlyMap<string, View> {
    this.views ??= new Map((this.database.prepare('SELECT name, query, created_at, updated_at FROM views ORDER BY name').all() as unknown as readonly ViewRow[])
      .map(({ name, query, created_at: createdAt, updated_at: updatedAt }) => [name, { name, query, createdAt, updatedAt }]))
    return this.views
  }

  private known(): Map<string, Table & { readonly fields: Map<string, Field> }> {
    this.tables ??= this.read()
    return this.tables
  }

  private read(): Map<string, Table & { readonly fields: Map<string, Field> }> {
    const rows = this.database.prepare('SELECT id, name, keyed, tracks, description, created_at FROM tables ORDER BY name').all() as unknown as readonly TableRow[]
    const tables = rows.map(({ id, name, keyed, tracks, description, created_at: createdAt }) =>
      ({ id, name, keyed: keyed === 1, tracks: tracks === 1, description, createdAt, fields: new Map<string, Field>() }))
    const byId = new Map(tables.map((table) => [table.id, table]))
    const fields = this.database.prepare('SELECT id, table_id, name, options, created_at FROM fields ORDER BY name').all() as unknown as readonly FieldRow[]
    for (const { id, table_id: tableId, name, options, created_at: createdAt } of fields) {
      byId.get(tableId)?.fields.set(name, { id, name, options: readFieldOptions(readJson(options)), createdAt })
    }
    return new Map(tables.map((table) => [table.name, table]))
  }

  private get<T>(sql: string, ...values: readonly (string | number)[]): T {
    return this.database.prepare(sql).get(...values) as T
  }
}
