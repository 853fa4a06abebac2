import type { DatabaseSync } from 'node:sqlite'
import { type Bitmaps, openBitmaps } from '@tenantry/bitmaps'
import { closeFile } from '@tenantry/engines-files'
import { Changes } from './index/changes.js'
import { Saved } from './index/saved.js'
import { SqlFunctions } from './sql/select/functions.js'
import { Catalogue, type Field, type Table } from './store/catalogue.js'
import { Dictionary } from './store/dictionary.js'
import { dictionaryOf, keysOf } from './store/schema.sql.js'
import { Statements } from './store/statements.js'
import { TableData } from './table-data.js'

export interface SpaceRules {
  /** The memory that the bitmaps may have. */
  readonly bitmapBytes: number
  /** More changes of records than this are saved with what they changed: so many are made anew at the next start. */
  readonly mostWaiting: number
  /** For so long may one request save bitmaps; twice as long, each time that it was not enough. */
  readonly savingMs: number
  /** For so long may the closing of the database. */
  readonly closingMs: number
  /** Joins of one statement of SQL may look at so many pairs of rows. */
  readonly mostPairs: number
}

export const usualRules: SpaceRules = { bitmapBytes: 1024 ** 3, mostWaiting: 100_000, savingMs: 100, closingMs: 400, mostPairs: 20_000_000 }

/** A connection that queries of SQL are run on: its statements, and the functions that it was told of. */
export interface SqlSide {
  readonly statements: Statements
  readonly functions: SqlFunctions
}

/** One open database: its file, and the bitmaps made of it. */
export class Space {
  readonly statements: Statements
  readonly catalogue: Catalogue
  bitmaps: Bitmaps
  changes: Changes
  readonly saved: Saved
  private readonly tables = new Map<number, TableData>()
  private readonly dictionaries = new Map<string, Dictionary>()

  /** How many changes wait when the bitmaps are saved; more, once that has failed. */
  private saveAt: number
  /** How many waited when it was last asked whether to save. */
  private waited = 0
  private before = 0
  private isChanging = false
  private savingMs: number

  private readonly writingSide: SqlSide
  private readingSide: SqlSide | undefined
  private reader: DatabaseSync | undefined

  /** `openReader` opens a second connection to the same file, which may only read. */
  constructor(private readonly database: DatabaseSync, private readonly rules: SpaceRules, private readonly openReader?: () => DatabaseSync) {
    this.statements = new Statements(database)
    this.writingSide = { statements: this.statements, functions: new SqlFunctions(database, rules.mostPairs) }
    this.catalogue = new Catalogue(database)
    this.saved = new Saved(this.statements)
    this.saveAt = rules.mostWaiting
    this.savingMs = rules.savingMs
    this.bitmaps = openBitmaps({ maxBytes: rules.bitmapBytes })
    this.changes = new Changes(this.bitmaps, this.statements)
  }

  /**
   * Where a query of SQL is run. Within a change it sees what the change has done; everybody else sees what is kept, also while an import
   * is filling the file.
   */
  get side(): SqlSide {
    if (this.isChanging || !this.openReader) return this.writingSide
    if (!this.readingSide) {
      this.reader = this.openReader()
      this.readingSide = { statements: new Statements(this.reader), functions: new SqlFunctions(this.reader, this.rules.mostPairs) }
    }
    return this.readingSide
  }

  /** Lets go of the connection that only reads. */
  close(): void {
    if (this.reader) closeFile(this.reader)
  }

  /** The table's rows and bitmaps; undefined for a name that there is not. */
  table(name: string): TableData | undefined {
    const table = this.catalogue.find(name)
    if (!table) return undefined
    const known = this.tables.get(table.id)
    if (known) return known
    const data = new TableData(table, this)
    this.tables.set(table.id, data)
    return data
  }

  keys(table: Table): Dictionary {
    return this.dictionary(keysOf(table.id))
  }

  words(field: Field): Dictionary {
    return this.dictionary(dictionaryOf(field.id))
  }

  /** What a table's bitmaps take in the file, in bytes: what tells tables apart without reading their rows. */
  bytesOf(table: Table): number {
    const owners = [-table.id, ...[...table.fields.values()].map(({ id }) => id)]
    const { bytes } = this.statements.get('SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM saved_bitmaps WHERE owner IN (SELECT value FROM json_each(?))').get(JSON.stringify(owners)) as { bytes: number }
    return bytes
  }

  /** Does what changes the database: all of it is kept, or nothing, and then the bitmaps are made anew. */
  change<T>(work: () => T): T {
    this.begin()
    this.isChanging = true
    try {
      return this.keep(work)
    } finally {
      this.isChanging = false
    }
  }

  /** Begins a change that is made in several turns; `keep` or `takeBack` must follow, and no other change may begin before. */
  begin(): void {
    this.database.exec('BEGIN IMMEDIATE')
    this.before = this.rowsChanged()
  }

  /** Ends a change of which the bitmaps know nothing yet. */
  takeBack(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK')
    this.dictionaries.clear()
    // What was made anew meanwhile was made of rows that are gone now.
    if ([...this.tables.values()].some(({ index }) => index.hasRebuilt())) this.forget()
  }

  /** Does the last of a change and keeps all of it, or nothing. */
  keep<T>(work: () => T): T {
    try {
      const result = work()
      this.changes.write()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      const isUntouched = this.database.isTransaction && this.rowsChanged() === this.before
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      // What was refused before anything was written leaves the bitmaps as they should be.
      if (!isUntouched) this.forget()
      throw error
    }
  }

  /** How many rows this connection has changed so far. */
  private rowsChanged(): number {
    return (this.statements.get('SELECT total_changes() AS changes').get() as { changes: number }).changes
  }

  /** Whether enough changes wait for the bitmaps to be saved. */
  isDue(): boolean {
    this.waited = this.changes.waiting()
    return this.waited >= this.saveAt
  }

  /** Saves the bitmaps that were changed, for as long as a request may. */
  saveAWhile(): void {
    this.savingMs = this.save(this.savingMs) ? this.rules.savingMs : this.savingMs * 2
  }

  /** Saves the bitmaps that were changed until it is late. False when some are left, which wait on: nothing depends on how far it comes. */
  save(withinMs: number): boolean {
    const tables = this.catalogue.all().flatMap(({ name }) => this.table(name) ?? [])
    if (this.changes.waiting() === 0 && !tables.some(({ index }) => index.hasRebuilt())) return true
    const deadline = performance.now() + withinMs
    const owners = new Set(this.changes.owners())
    this.change(() => { for (const { index } of tables) index.save(owners, () => performance.now() > deadline) })
    this.changes.forgetCount()
    this.saveAt = this.rules.mostWaiting
    return this.changes.waiting() === 0
  }

  /** Saving has failed: it is tried again once twice as much waits. There may be no memory to count what does. */
  postpone(): void {
    this.saveAt = Math.max(this.saveAt, this.waited * 2)
  }

  /** In what the bitmaps differ from those that the rows alone make, in words. */
  differences(): readonly string[] {
    return this.catalogue.all().flatMap(({ name }) => this.table(name)?.index.differences() ?? [])
  }

  /** Lets go of everything that is remembered of the file. */
  forget(): void {
    this.catalogue.forget()
    this.tables.clear()
    this.dictionaries.clear()
    this.statements.clear()
    this.readingSide?.statements.clear()
    this.bitmaps = this.bitmaps.renewed()
    this.changes = new Changes(this.bitmaps, this.statements)
  }

  /** The same within a change: what was changed until here is noted first. For tables and fields that are no more. */
  forgetWithin(): void {
    this.changes.write()
    this.forget()
  }

  private dictionary(name: string): Dictionary {
    const known = this.dictionaries.get(name)
    if (known) return known
    const dictionary = new Dictionary(this.database, name)
    this.dictionaries.set(name, dictionary)
    return dictionary
  }
}
