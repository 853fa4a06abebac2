import type { Bitmap, Column } from '@tenantry/bitmaps'
import { Source } from './index/source.js'
import { TableIndex } from './index/table-index.js'
import type { Space } from './space.js'
import { type Field, type Table, isMany, isNumeric } from './store/catalogue.js'
import { restored } from './store/ids.js'
import { Rows } from './store/rows.js'
import { type View, standardView } from './store/time-quantum.js'

/** Values of a field that may have many, and the views that they go to. */
export interface ManyValues {
  readonly values: readonly Column[]
  readonly views: readonly View[]
}

/** As rows keep it: a scaled integer, a count of units, a row's number, 0 or 1. */
export type FieldValue = number | bigint | ManyValues

/** What the wide row holds: of a field that may have many, whether it ever had one. */
const columnValue = (field: Field, value: FieldValue | null): Column | null => {
  if (value === null) return null
  return isMany(field) || typeof value === 'object' ? 1 : value
}

/** One table: its rows, which are what is kept, and its bitmaps, which follow them. A method that changes is called within a change. */
export class TableData {
  readonly index: TableIndex
  private readonly rows: Rows

  constructor(readonly table: Table, readonly space: Space) {
    const { bitmaps, saved, changes, statements } = space
    this.rows = new Rows(statements, table)
    this.index = new TableIndex(table, { bitmaps, saved, changes, source: new Source(statements, table) })
  }

  field(name: string): Field | undefined {
    return this.table.fields.get(name)
  }

  /** The record is there from now on, with or without values. */
  addRecord(record: Column): void {
    if (this.index.all().bitmap.has(record)) return
    this.rows.add(record)
    this.noteRecord(record)
  }

  /** Adds a value of a field that may have many, in some views. False when it was in all of them. */
  addValue(field: Field, record: Column, value: Column, views: readonly View[]): boolean {
    const sets = this.index.sets(field)
    const isTouched = sets.isTouched(record)
    if (!isTouched) {
      this.rows.touch(field, record)
      sets.touch(record)
      this.noteRecord(record)
    }
    let isNew = false
    for (const view of views) {
      if (sets.row(value, view)?.has(record)) continue
      this.rows.addValue(field, record, value, view)
      isNew = sets.add(view, value, record)
    }
    if (isNew || !isTouched) this.space.changes.note(field.id, record)
    return isNew
  }

  /** Takes a value of a field that may have many away. False when it had it not. */
  removeValue(field: Field, record: Column, value: Column): boolean {
    if (!this.rows.removeValue(field, record, value)) return false
    this.index.sets(field).remove(value, record)
    this.space.changes.note(field.id, record)
    return true
  }

  /** Gives the record its one value of a field that names rows, or takes it away. False when it was so. */
  setRow(field: Field, record: Column, value: Column | null): boolean {
    const sets = this.index.sets(field)
    const before = this.index.all().bitmap.has(record) ? this.rows.value(field, record) : undefined
    const had = before === undefined ? null : restored(before)
    if (had === value) return false
    this.rows.setValue(field, record, value)
    if (had !== null) sets.remove(had, record)
    if (value !== null) sets.add(standardView, value, record)
    this.noteRecord(record)
    this.space.changes.note(field.id, record)
    return true
  }

  /** Gives the record its number of a field, or takes it away. False when it was so. */
  setNumber(field: Field, record: Column, value: bigint | null): boolean {
    const numbers = this.index.numbers(field)
    if (!(value === null ? numbers.clear(record) : numbers.set(record, value))) return false
    this.rows.setValue(field, record, value)
    this.noteRecord(record)
    this.space.changes.note(field.id, record)
    return true
  }

  /** Gives a record values of several fields at once, or takes them away; what it has in others stays. Makes the record. */
  putRow(record: Column, fields: readonly Field[], values: readonly (FieldValue | null)[]): void {
    const ones = fields.filter((field) => !isMany(field) && !isNumeric(field))
    const before = this.index.all().bitmap.has(record) ? this.rows.values(ones, record) : new Map<Field, bigint>()
    this.rows.put(record, fields, fields.map((field, at) => columnValue(field, values[at] ?? null)))
    fields.forEach((field, at) => {
      const value = values[at] ?? null
      if (isMany(field)) this.putMany(field, record, value)
      else if (isNumeric(field)) this.putNumber(field, record, typeof value === 'object' ? null : value)
      else this.putOne(field, record, typeof value === 'object' ? null : value, before.get(field))
    })
    this.noteRecord(record)
  }

  /** Values are added to those that there are; none takes all of them away. */
  private putMany(field: Field, record: Column, value: FieldValue | null): void {
    const sets = this.index.sets(field)
    if (value === null) {
      if (!sets.isTouched(record)) return
      this.rows.removeValues(field, record)
      sets.forgetRecord(record)
      this.space.changes.note(field.id, record)
      return
    }
    const { values, views } = typeof value === 'object' ? value : { values: [value], views: [standardView] }
    if (!sets.isTouched(record)) {
      sets.touch(record)
      this.space.changes.note(field.id, record)
    }
    for (const one of values) this.addValue(field, record, one, views)
  }

  private putNumber(field: Field, record: Column, value: Column | null): void {
    const numbers = this.index.numbers(field)
    if (value === null ? numbers.clear(record) : numbers.set(record, BigInt(value))) this.space.changes.note(field.id, record)
  }

  private putOne(field: Field, record: Column, value: Column | null, before: bigint | undefined): void {
    const sets = this.index.sets(field)
    const had = before === undefined ? null : restored(before)
    if (had === value) return
    if (had !== null) sets.remove(had, record)
    if (value !== null) sets.add(standardView, value, record)
    this.space.changes.note(field.id, record)
  }

  /** Gives these records a value and takes it from all others. Which records there are stays. */
  setWholeRow(field: Field, value: Column, records: Bitmap): void {
    const sets = this.index.sets(field)
    const { bitmaps } = this.space
    bitmaps.scope(() => {
      const before = sets.row(value) ?? bitmaps.empty()
      const [gone, come] = [before.andNot(records), records.andNot(before)]
      const present = come.and(this.index.all().bitmap)
      for (const page of gone.exactPages()) for (const record of page) this.rows.removeValue(field, record, value)
      for (const page of come.exactPages()) for (const record of page) this.rows.addValue(field, record, value, standardView)
      for (const page of present.exactPages()) for (const record of page) this.rows.touch(field, record)
      this.note(field, gone, come)
      bitmaps.apart(() => {
        sets.exclude(value, gone)
        sets.include(standardView, value, come)
        sets.touchMany(present)
      })
    })
  }

  /** Takes a value from every record, in every view. False when none had it. */
  clearRow(field: Field, value: Column): boolean {
    const sets = this.index.sets(field)
    const { bitmaps } = this.space
    return bitmaps.scope(() => {
      const having = bitmaps.union([standardView, ...sets.timeViews()].flatMap((view) => sets.row(value, view) ?? []))
      if (having.count() === 0) return false
      for (const page of having.exactPages()) for (const record of page) isMany(field) ? this.rows.removeValue(field, record, value) : this.rows.setValue(field, record, null)
      this.note(field, having)
      sets.exclude(value, having)
      return true
    })
  }

  /** Ends records with all that they had. False when there were none of them. */
  deleteRecords(records: Bitmap): boolean {
    const all = this.index.all().bitmap
    const { changes, bitmaps } = this.space
    return bitmaps.scope(() => {
      const ending = records.and(all)
      if (ending.count() === 0) return false
      const keys = this.table.keyed ? this.space.keys(this.table) : undefined
      for (const page of ending.exactPages()) {
        for (const record of page) this.rows.delete(record)
        keys?.remove([...page].map(Number))
      }
      bitmaps.apart(() => {
        changes.noteMany(-this.table.id, ending)
        for (const field of this.table.fields.values()) changes.noteMany(field.id, ending)
      })
      this.index.forgetRecords(ending)
      return true
    })
  }

  private note(field: Field, ...records: readonly Bitmap[]): void {
    this.space.bitmaps.apart(() => { for (const some of records) this.space.changes.noteMany(field.id, some) })
  }

  private noteRecord(record: Column): void {
    const all = this.index.all()
    if (all.bitmap.has(record)) return
    all.add(record)
    this.space.changes.note(-this.table.id, record)
  }
}
