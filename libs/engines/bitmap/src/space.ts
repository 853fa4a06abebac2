import type { DatabaseSync } from 'node:sqlite'
import { type Bitmaps, openBitmaps } from '@tenantry/bitmaps'
import { Changes } from './index/changes.js'
import { Saved } from './index/saved.js'
import { Catalogue, type Field, type Table } from './store/catalogue.js'
import { Dictionary } from './store/dictionary.js'
import { dictionaryOf, keysOf } from './store/schema.sql.js'
import { Statements } from './store/statements.js'
import { TableData } from './table-data.js'

/** More changes of records than this are saved with what they changed: so many are made anew at the next start. */
const mostWaiting = 100_000

/** One open database: its file, and the bitmaps made of it. */
export class Space {
  readonly statements: Statements
  readonly catalogue: Catalogue
  bitmaps: Bitmaps
  changes: Changes
  readonly saved: Saved
  private readonly tables = new Map<number, TableData>()
  private readonly dictionaries = new Map<string, Dictionary>()

  constructor(private readonly database: DatabaseSync, private readonly bitmapBytes: number) {
    this.statements = new Statements(database)
    this.catalogue = new Catalogue(database)
    this.saved = new Saved(this.statements)
    this.bitmaps = openBitmaps({ maxBytes: bitmapBytes })
    this.changes = new Changes(this.bitmaps, this.statements)
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

  /** Does what changes the database: all of it is kept, or nothing, and then the bitmaps are made anew. */
  change<T>(work: () => T): T {
    this.database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.changes.write()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      this.forget()
      throw error
    }
  }

  /** Saves the bitmaps, if `most` changes or more wait for it. */
  checkpoint(most = mostWaiting): void {
    if (this.changes.waiting() < Math.max(most, 1)) return
    const owners = new Set(this.changes.owners())
    const settled: (() => void)[] = []
    this.change(() => {
      for (const table of this.catalogue.all()) settled.push(...this.table(table.name)?.save(owners) ?? [])
      for (const owner of owners) this.changes.settled(owner)
    })
    for (const settle of settled) settle()
    this.changes.forgetCount()
  }

  /** Lets go of everything that is remembered of the file. */
  private forget(): void {
    this.catalogue.forget()
    this.tables.clear()
    this.dictionaries.clear()
    this.statements.clear()
    // A memory of its own: what was made in the old one goes with it.
    this.bitmaps = openBitmaps({ maxBytes: this.bitmapBytes })
    this.changes = new Changes(this.bitmaps, this.statements)
  }

  private dictionary(name: string): Dictionary {
    const known = this.dictionaries.get(name)
    if (known) return known
    const dictionary = new Dictionary(this.database, name)
    this.dictionaries.set(name, dictionary)
    return dictionary
  }
}
