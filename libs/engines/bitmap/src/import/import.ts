import type { Bitmap, Column } from '@tenantry/bitmaps'
import { EngineRefusal } from '@tenantry/engines-contract'
import { NoSuchTable } from '../pql/refused.js'
import type { Space } from '../space.js'
import type { TableData } from '../table-data.js'
import { type CellValue, ImportColumns, type Place, idsAfter } from './columns.js'
import { recordReader } from './cells.js'
import { CsvRows } from './csv.js'
import { JsonRows } from './ndjson.js'
import type { ImportOptions } from './options.js'
import { columnsOf } from './pending.js'
import { RefusedRow, quoted, refuseRow } from './refused-row.js'
import { RowWriter } from './row-writer.js'

/** What became of the rows. */
export interface ImportReport {
  readonly imported: number
  readonly rejected: number
  /** The first bad rows; the first row of data is 1. */
  readonly errors: readonly { readonly row: number; readonly message: string }[]
}

const mostErrors = 100
const mostGathered = 16_384
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
  private readonly records: Bitmap
  private writer: RowWriter
  private places: readonly Place[] | undefined
  private headerPassed: boolean
  private gathered: Column[] = []
  private row = 0
  private imported = 0
  private rejected = 0
  private readonly errors: { row: number; message: string }[] = []

  constructor(private readonly space: Space, private readonly options: ImportOptions) {
    this.data = tableNamed(space, options.table)
    this.columns = new ImportColumns(space, this.data, options)
    this.rows = options.format === 'csv' ? new CsvRows() : new JsonRows()
    this.readRecord = recordReader(space, this.data.table)
    this.nextId = idsAfter(this.data.index.all().bitmap.max())
    this.records = space.bitmaps.empty()
    if (options.columns) this.places = this.columns.ordered(options.columns)
    this.headerPassed = options.format === 'ndjson' || !options.header
    if (this.headerPassed && options.format === 'csv' && !this.places) throw new EngineRefusal('InvalidParameter', 'Without a header the columns must be named with columns=.')
    this.writer = this.newWriter()
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
    this.writer.flush()
  }

  /** Gives all of it to the bitmaps, and notes what was changed. */
  merge(): void {
    const { table, index } = this.data
    const { changes, bitmaps } = this.space
    this.gather()
    bitmaps.apart(() => {
      for (const column of this.columns.all) {
        column.merge(this.data)
        changes.noteMany(column.field.id, column.pending.touched())
      }
      const all = index.all()
      const fresh = this.records.andNot(all.bitmap)
      all.bitmap.include(fresh)
      changes.noteMany(-table.id, fresh)
      fresh.free()
    })
  }

  free(): void {
    this.records.free()
    this.columns.free()
  }

  private one(row: ReturnType<CsvRows['next'] | JsonRows['next']>): void {
    if (!this.headerPassed) return this.header(row)
    this.row += 1
    try {
      if (row instanceof RefusedRow) throw row
      const values: (CellValue | undefined)[] = []
      const record = Array.isArray(row) ? this.readCells(row as readonly string[], values) : this.readMembers(row as Readonly<Record<string, unknown>>, values)
      if (!this.failed) this.write(record, values)
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
    this.writer = this.newWriter()
  }

  private readCells(cells: readonly string[], values: (CellValue | undefined)[]): Column {
    const places = this.places ?? []
    if (cells.length !== places.length) return refuseRow(`The row has ${cells.length} values, and there are ${places.length} columns.`)
    let id: string | undefined
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at]
      const cell = cells[at]
      if (cell === undefined || cell === '' || place === undefined || place === 'skipped') continue
      if (place === 'id') id = cell
      else values[place] = this.columns.all[place]?.read(cell)
    }
    return this.recordOf(id)
  }

  private readMembers(row: Readonly<Record<string, unknown>>, values: (CellValue | undefined)[]): Column {
    let id: unknown
    const before = this.columns.all.length
    for (const name in row) {
      const value = row[name]
      const place = this.columns.place(name) ?? refuseRow(`There is no field ${quoted(name)}.`)
      if (value === null || value === undefined || place === 'skipped') continue
      if (place === 'id') id = value
      else values[place] = this.columns.all[place]?.read(value)
    }
    if (this.columns.all.length > before) {
      this.writer.flush()
      this.writer = this.newWriter()
    }
    return this.recordOf(id)
  }

  private recordOf(id: unknown): Column {
    if (id !== undefined) return this.readRecord(id)
    const mustBe = this.data.table.keyed || this.options.id !== undefined || this.places?.includes('id') === true
    return mustBe ? refuseRow('The row has no id.') : this.nextId()
  }

  private write(record: Column, values: readonly (CellValue | undefined)[]): void {
    this.writer.add(record, values)
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]
      if (value !== undefined) this.columns.all[at]?.pending.add(record, value)
    }
    this.gathered.push(record)
    if (this.gathered.length >= mostGathered) this.gather()
    this.imported += 1
  }

  private gather(): void {
    if (this.gathered.length === 0) return
    this.records.addMany(columnsOf(this.gathered))
    this.gathered = []
  }

  private newWriter(): RowWriter {
    return new RowWriter(this.space.statements, this.data.table, this.columns.all.map(({ field }) => field))
  }
}
