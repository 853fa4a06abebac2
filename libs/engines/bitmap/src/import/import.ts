import type { Column } from '@tenantry/bitmaps'
import { EngineRefusal } from '@tenantry/engines-contract'
import { NoSuchTable } from '../pql/refused.js'
import type { Space } from '../space.js'
import type { FieldValue, TableData } from '../table-data.js'
import { ImportColumns, type Place, idsAfter } from './columns.js'
import { Batch } from './batch.js'
import { recordReader } from './cells.js'
import { CsvRows } from './csv.js'
import { JsonRows } from './ndjson.js'
import type { ImportOptions } from './options.js'
import { RefusedRow, quoted, refuseRow } from './refused-row.js'

/** What became of the rows. */
export interface ImportReport {
  readonly imported: number
  readonly rejected: number
  /** The first bad rows; the first row of data is 1. */
  readonly errors: readonly { readonly row: number; readonly message: string }[]
}

const mostErrors = 100
/** The clock is looked at after so many rows. */
const rowsBetweenLooks = 64

const tableNamed = (space: Space, name: string): TableData => {
  const data = space.table(name)
  if (!data) throw new NoSuchTable(`${name}: index not found`)
  return data
}

/**
 * Rows that come in pieces into one table. They are written within a change that the caller has begun, and their bitmaps are gathered
 * apart until `merge`. After a bad row that may not be left out nothing more is written.
 */
export class Import {
  readonly data: TableData
  private readonly columns: ImportColumns
  private readonly rows: CsvRows | JsonRows
  private readonly readRecord: (value: unknown) => Column
  private readonly nextId: () => Column
  private readonly batch: Batch
  private places: readonly Place[] | undefined
  private headerPassed: boolean
  private row = 0
  private imported = 0
  private rejected = 0
  private readonly errors: { row: number; message: string }[] = []

  constructor(space: Space, private readonly options: ImportOptions) {
    this.data = tableNamed(space, options.table)
    this.batch = new Batch(space, this.data)
    this.columns = new ImportColumns(space, this.data, options, this.batch)
    this.rows = options.format === 'csv' ? new CsvRows() : new JsonRows()
    this.readRecord = recordReader(space, this.data.table)
    this.nextId = idsAfter(this.data.index.all().bitmap.max())
    if (options.columns) this.places = this.columns.ordered(options.columns)
    this.headerPassed = options.format === 'ndjson' || !options.header
    if (this.headerPassed && options.format === 'csv' && !this.places) throw new EngineRefusal('InvalidParameter', 'Without a header the columns must be named with columns=.')
  }

  /** Whether a bad row has ended it. */
  get failed(): boolean {
    return this.rejected > 0 && this.options.onError === 'abort'
  }

  get report(): ImportReport {
    return { imported: this.imported, rejected: this.rejected, errors: this.errors }
  }

  take(bytes: Buffer): void {
    this.rows.take(bytes)
  }

  /** Works on the rows that are there until a time of `performance.now()`; true when some are left. */
  work(untilMs: number): boolean {
    for (let done = 1; ; done += 1) {
      const row = this.rows.next()
      if (row === undefined) return false
      this.one(row)
      if (this.errors.length >= mostErrors && this.failed) return false
      if (done % rowsBetweenLooks === 0 && performance.now() > untilMs) return true
    }
  }

  /** All has come: works on the rest and writes what waits. */
  end(): void {
    this.rows.end()
    this.work(Infinity)
    if (!this.headerPassed) throw new EngineRefusal('InvalidBody', 'The body is empty; its first row must name the columns.')
    this.batch.flush()
  }

  /** Gives all of it to the bitmaps, and notes what was changed. */
  merge(): void {
    this.batch.merge()
  }

  free(): void {
    this.batch.free()
  }

  private one(row: ReturnType<CsvRows['next'] | JsonRows['next']>): void {
    if (!this.headerPassed) return this.header(row)
    this.row += 1
    try {
      if (row instanceof RefusedRow) throw row
      const values: (FieldValue | undefined)[] = []
      const record = Array.isArray(row) ? this.readCells(row as readonly string[], values) : this.readMembers(row as Readonly<Record<string, unknown>>, values)
      if (this.failed) return
      this.batch.add(record, values)
      this.imported += 1
    } catch (error) {
      if (!(error instanceof RefusedRow)) throw error
      this.rejected += 1
      if (this.errors.length < mostErrors) this.errors.push({ row: this.row, message: error.message })
    }
  }

  private header(row: ReturnType<CsvRows['next'] | JsonRows['next']>): void {
    if (row instanceof RefusedRow) throw new EngineRefusal('EngineRejectedQuery', `The header cannot be read. ${row.message}`)
    this.headerPassed = true
    this.places ??= this.columns.ordered((row as readonly string[]).map((name) => name.trim()))
  }

  private readCells(cells: readonly string[], values: (FieldValue | undefined)[]): Column {
    const places = this.places ?? []
    if (cells.length !== places.length) return refuseRow(`The row has ${cells.length} values, and there are ${places.length} columns.`)
    let id: string | undefined
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at]
      const cell = cells[at]
      if (cell === undefined || cell === '' || place === undefined || place === 'skipped') continue
      if (place === 'id') id = cell
      else values[place] = this.columns.readers[place]?.(cell)
    }
    return this.recordOf(id)
  }

  private readMembers(row: Readonly<Record<string, unknown>>, values: (FieldValue | undefined)[]): Column {
    let id: unknown
    for (const name in row) {
      const value = row[name]
      const place = this.columns.place(name) ?? refuseRow(`There is no field ${quoted(name)}.`)
      if (value === null || value === undefined || place === 'skipped') continue
      if (place === 'id') id = value
      else values[place] = this.columns.readers[place]?.(value)
    }
    return this.recordOf(id)
  }

  private recordOf(id: unknown): Column {
    if (id !== undefined) return this.readRecord(id)
    const mustBe = this.data.table.keyed || this.options.id !== undefined || this.places?.includes('id') === true
    return mustBe ? refuseRow('The row has no id.') : this.nextId()
  }
}
