import type { Bitmap, Bitmaps, Column } from '@tenantry/bitmaps'
import type { Space } from '../space.js'
import { type Field, isMany, isNumeric } from '../store/catalogue.js'
import type { FieldValue, TableData } from '../table-data.js'
import { type Pending, PendingMany, PendingNumbers, PendingRow, columnsOf } from './pending.js'
import { RowWriter } from './row-writer.js'

const mostGathered = 16_384

/** What a batch gives to one field. */
interface BatchColumn {
  readonly field: Field
  readonly pending: Pending<FieldValue>
  /** Gives what is pending to the field's bitmaps. `known` are those of its records that were there before. */
  merge(data: TableData, known: Bitmap): void
}

const columnOf = (bitmaps: Bitmaps, field: Field): BatchColumn => {
  if (isNumeric(field)) {
    const pending = new PendingNumbers(bitmaps)
    return { field, pending: pending as Pending<FieldValue>, merge: ({ index }) => pending.into(index.numbers(field)) }
  }
  if (isMany(field)) {
    const pending = new PendingMany(bitmaps)
    return { field, pending: pending as Pending<FieldValue>, merge: ({ index }) => pending.into(index.sets(field)) }
  }
  const pending = new PendingRow(bitmaps)
  return { field, pending: pending as Pending<FieldValue>, merge: ({ index }, known) => pending.into(index.sets(field), known) }
}

/**
 * Many rows of one table, written within a change that the caller has begun. Their bitmaps are gathered apart until `merge`: whoever reads
 * before sees none of them. What a record has and its row does not say stays.
 */
export class Batch {
  private readonly columns: BatchColumn[] = []
  private readonly records: Bitmap
  private writer: RowWriter | undefined
  private gathered: Column[] = []

  constructor(private readonly space: Space, private readonly data: TableData) {
    this.records = space.bitmaps.empty()
  }

  /** Where the values of one more field stand in rows from now on. */
  place(field: Field): number {
    this.flush()
    this.writer = undefined
    return this.columns.push(columnOf(this.space.bitmaps, field)) - 1
  }

  /** `values` are in the order of the places; undefined where the record is given none. */
  add(record: Column, values: readonly (FieldValue | undefined)[]): void {
    this.writer ??= new RowWriter(this.space.statements, this.data.table, this.columns.map(({ field }) => field))
    this.writer.add(record, values)
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]
      if (value !== undefined) this.columns[at]?.pending.add(record, value)
    }
    this.gathered.push(record)
    if (this.gathered.length >= mostGathered) this.gather()
  }

  /** Writes the rows that wait for others. */
  flush(): void {
    this.writer?.flush()
  }

  /** Gives all of it to the bitmaps, and notes what was changed. */
  merge(): void {
    const { table, index } = this.data
    const { changes, bitmaps } = this.space
    this.gather()
    bitmaps.apart(() => {
      const all = index.all()
      for (const column of this.columns) {
        const touched = column.pending.touched()
        const known = touched.and(all.bitmap)
        column.merge(this.data, known)
        known.free()
        changes.noteMany(column.field.id, touched)
      }
      const fresh = this.records.andNot(all.bitmap)
      all.bitmap.include(fresh)
      changes.noteMany(-table.id, fresh)
      fresh.free()
    })
  }

  free(): void {
    this.records.free()
    for (const { pending } of this.columns) pending.free()
  }

  private gather(): void {
    if (this.gathered.length === 0) return
    this.records.addMany(columnsOf(this.gathered))
    this.gathered = []
  }
}
