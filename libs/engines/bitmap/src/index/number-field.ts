import type { Bitmap, Bitmaps, Column, Slices } from '@tenantry/bitmaps'
import type { Field } from '../store/catalogue.js'
import type { Saved } from './saved.js'
import type { Source } from './source.js'

/** Where the slices are kept, in one image. */
const slicesView = -2

/** A field whose values are numbers: integers, scaled ones of decimals, counts of a unit since a time. */
export class NumberField {
  private isUnsaved = false

  private constructor(private readonly bitmaps: Bitmaps, readonly field: Field, readonly slices: Slices) {}

  static load(bitmaps: Bitmaps, field: Field, saved: Saved): NumberField {
    for (const { image } of saved.of(field.id)) return new NumberField(bitmaps, field, bitmaps.loadSlices(image))
    return new NumberField(bitmaps, field, bitmaps.slices())
  }

  /** Made of the rows alone, whatever is saved. */
  static rebuilt(bitmaps: Bitmaps, field: Field, source: Source): NumberField {
    const made = new NumberField(bitmaps, field, bitmaps.slices())
    for (const { columns, values } of source.allSingle(field)) made.setMany(columns, values)
    return made
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

  /** Every record that the bitmaps say something of, in a bitmap of the caller's. */
  records(): Bitmap {
    return this.slices.columns()
  }

  save(saved: Saved): boolean {
    if (!this.isUnsaved) return true
    this.slices.optimise()
    saved.put(this.field.id, slicesView, 0, this.slices.count() > 0 ? this.slices.save() : undefined)
    this.isUnsaved = false
    return true
  }

  /** In what the two differ, in words. */
  differences(other: NumberField): readonly string[] {
    return this.bitmaps.scope(() => {
      const [mine, others] = [this.slices.columns(), other.slices.columns()]
      const lone = mine.xor(others).count()
      let unequal = 0
      for (const page of mine.and(others).exactPages()) for (const record of page) if (this.slices.get(record) !== other.slices.get(record)) unequal += 1
      return lone + unequal === 0 ? [] : [`${this.field.name}: ${lone} have a number in one only, ${unequal} another`]
    })
  }

  free(): void {
    this.slices.free()
  }
}
