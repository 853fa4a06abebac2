import type { Bitmap, Bitmaps, Column, Slices } from '@tenantry/bitmaps'
import type { Field } from '../store/catalogue.js'
import type { Saved } from './saved.js'
import type { Source } from './source.js'

/** Where the slices are kept, in one image. */
const slicesView = -2

/** A field whose values are numbers: integers, scaled ones of decimals, counts of a unit since a time. */
export class NumberField {
  private isUnsaved = false

  private constructor(readonly field: Field, readonly slices: Slices) {}

  static load(bitmaps: Bitmaps, field: Field, saved: Saved): NumberField {
    for (const { image } of saved.of(field.id)) return new NumberField(field, bitmaps.loadSlices(image))
    return new NumberField(field, bitmaps.slices())
  }

  /** Whether the record had another value, or none. */
  set(record: Column, value: bigint): boolean {
    if (!this.slices.set(record, value)) return false
    this.isUnsaved = true
    return true
  }

  setMany(records: readonly bigint[] | Float64Array, values: readonly bigint[] | BigInt64Array): void {
    this.slices.setMany(records, values)
    this.isUnsaved = true
  }

  /** Whether the record had a value. */
  clear(record: Column): boolean {
    if (!this.slices.clear(record)) return false
    this.isUnsaved = true
    return true
  }

  forgetRecords(records: Bitmap): void {
    if (this.slices.clearMany(records) > 0) this.isUnsaved = true
  }

  /** Makes these records anew from their rows. */
  remake(records: Bitmap, source: Source): void {
    this.forgetRecords(records)
    for (const { columns, values } of source.single(this.field, records)) this.setMany(columns, values)
  }

  save(saved: Saved): void {
    if (!this.isUnsaved) return
    this.slices.optimise()
    saved.put(this.field.id, slicesView, 0, this.slices.count() > 0 ? this.slices.save() : undefined)
  }

  /** What was changed is saved, and kept. */
  settled(): void {
    this.isUnsaved = false
  }

  free(): void {
    this.slices.free()
  }
}
