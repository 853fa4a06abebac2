import type { Bitmap, Bitmaps } from '@tenantry/bitmaps'
import { type Field, type Table, isNumeric } from '../store/catalogue.js'
import type { Changes } from './changes.js'
import { NumberField } from './number-field.js'
import { RecordSet } from './record-set.js'
import type { Saved } from './saved.js'
import { SetField } from './set-field.js'
import type { Source } from './source.js'

export interface IndexParts {
  readonly bitmaps: Bitmaps
  readonly saved: Saved
  readonly changes: Changes
  readonly source: Source
}

/**
 * The bitmaps of one table. Each field's are read from the file when they are first needed, and what was changed since they were saved
 * is made anew from the rows; from then on they follow every change.
 */
export class TableIndex {
  private records: RecordSet | undefined
  private readonly fields = new Map<number, SetField | NumberField>()

  constructor(private readonly table: Table, private readonly parts: IndexParts) {}

  /** Those of the table that are in memory. */
  loaded(field: Field): SetField | NumberField | undefined {
    return this.fields.get(field.id)
  }

  loadedRecords(): RecordSet | undefined {
    return this.records
  }

  all(): RecordSet {
    const { bitmaps, saved } = this.parts
    this.records ??= bitmaps.apart(() => this.upToDate(-this.table.id, RecordSet.load(bitmaps, this.table, saved)))
    return this.records
  }

  sets(field: Field): SetField {
    const known = this.fields.get(field.id) ?? this.load(field)
    if (!(known instanceof SetField)) throw new Error(`${field.options.type} has no rows`)
    return known
  }

  numbers(field: Field): NumberField {
    const known = this.fields.get(field.id) ?? this.load(field)
    if (!(known instanceof NumberField)) throw new Error(`${field.options.type} has no numbers`)
    return known
  }

  /** Reads a field's bitmaps, of whichever kind. */
  load(field: Field): SetField | NumberField {
    const known = this.fields.get(field.id)
    if (known) return known
    const { bitmaps, saved } = this.parts
    const made = bitmaps.apart(() => this.upToDate(field.id, isNumeric(field) ? NumberField.load(bitmaps, field, saved) : SetField.load(bitmaps, field, saved)))
    this.fields.set(field.id, made)
    return made
  }

  /** Records that were ended are in no bitmap any more. */
  forgetRecords(records: Bitmap): void {
    this.records?.bitmap.exclude(records)
    for (const field of this.fields.values()) field.forgetRecords(records)
  }

  free(): void {
    this.records?.free()
    this.records = undefined
    for (const field of this.fields.values()) field.free()
    this.fields.clear()
  }

  private upToDate<T extends RecordSet | SetField | NumberField>(owner: number, made: T): T {
    const changed = this.parts.changes.since(owner)
    if (changed.count() > 0) made.remake(changed, this.parts.source)
    changed.free()
    return made
  }
}
