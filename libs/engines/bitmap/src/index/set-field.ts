import type { Bitmap, Bitmaps, Column } from '@tenantry/bitmaps'
import { type Field, isMany } from '../store/catalogue.js'
import { restored } from '../store/ids.js'
import { type View, standardView } from '../store/time-quantum.js'
import type { Saved } from './saved.js'
import type { One, Single, Source } from './source.js'

export interface Row {
  readonly id: Column
  readonly bitmap: Bitmap
}

/** Where the records are noted that ever had a value: none is another answer for them. */
const touchedView = -1

const byId = (one: Row, other: Row): number => one.id < other.id ? -1 : 1

/** A field whose values name rows: for each view and value, the records that have it. */
export class SetField {
  private readonly views = new Map<View, Map<Column, Bitmap>>()
  private readonly sorted = new Map<View, readonly Row[]>()
  private readonly unsaved = new Map<View, Set<Column>>()

  private constructor(private readonly bitmaps: Bitmaps, readonly field: Field) {}

  static load(bitmaps: Bitmaps, field: Field, saved: Saved): SetField {
    const made = new SetField(bitmaps, field)
    try {
      for (const { view, row, image } of saved.of(field.id)) made.rowsIn(view).set(row, bitmaps.load(image))
      return made
    } catch (error) {
      made.free()
      throw error
    }
  }

  /** Made of the rows alone, whatever is saved. */
  static rebuilt(bitmaps: Bitmaps, field: Field, source: Source): SetField {
    const made = new SetField(bitmaps, field)
    made.take(source.allSingle(field), isMany(field) ? source.allMany(field) : [])
    return made
  }

  row(id: Column, view: View = standardView): Bitmap | undefined {
    return this.views.get(view)?.get(id)
  }

  /** The rows of a view that have records, ascending. */
  rows(view: View = standardView): readonly Row[] {
    const known = this.sorted.get(view)
    if (known) return known
    const rows = [...this.views.get(view) ?? []].map(([id, bitmap]) => ({ id, bitmap })).filter(({ bitmap }) => bitmap.count() > 0).sort(byId)
    this.sorted.set(view, rows)
    return rows
  }

  /** Every view of a time, in no order. */
  timeViews(): readonly View[] {
    return [...this.views.keys()].filter((view) => view > standardView)
  }

  /** The records that have a value or, where they may have many, ever had one. The caller's to free. */
  touched(): Bitmap {
    if (isMany(this.field)) return this.row(0, touchedView)?.clone() ?? this.bitmaps.empty()
    return this.bitmaps.union(this.rows().map(({ bitmap }) => bitmap))
  }

  isTouched(record: Column): boolean {
    return this.row(0, touchedView)?.has(record) === true
  }

  touch(record: Column): void {
    this.add(touchedView, 0, record)
  }

  touchMany(records: Bitmap): void {
    this.include(touchedView, 0, records)
  }

  add(view: View, id: Column, record: Column): boolean {
    if (!this.rowAt(view, id).add(record)) return false
    this.changed(view, id)
    return true
  }

  include(view: View, id: Column, records: Bitmap): void {
    this.rowAt(view, id).include(records)
    this.changed(view, id)
  }

  addMany(view: View, id: Column, records: readonly bigint[] | Float64Array): void {
    this.rowAt(view, id).addMany(records)
    this.changed(view, id)
  }

  /** Takes a value away in every view. */
  remove(id: Column, record: Column): void {
    for (const [view, rows] of this.views) if (view >= standardView && rows.get(id)?.remove(record)) this.changed(view, id)
  }

  /** Takes a value away from many records, in every view. */
  exclude(id: Column, records: Bitmap): void {
    for (const [view, rows] of this.views) if (view >= standardView && rows.get(id)?.exclude(records)) this.changed(view, id)
  }

  /** Takes every value away from a record, and that it ever had one. */
  forgetRecord(record: Column): void {
    for (const [view, rows] of this.views) for (const [id, row] of rows) if (row.remove(record)) this.changed(view, id)
  }

  /** Takes every value away from records, and that they ever had one. */
  forgetRecords(records: Bitmap): void {
    for (const [view, rows] of this.views) for (const [id, row] of rows) if (row.exclude(records) > 0) this.changed(view, id)
  }

  /** Makes these records anew from their rows. */
  remake(records: Bitmap, source: Source): void {
    this.forgetRecords(records)
    this.take(source.single(this.field, records), isMany(this.field) ? source.many(this.field, records) : [])
  }

  /** Every record that the bitmaps say something of, in a bitmap of the caller's. */
  records(): Bitmap {
    return this.bitmaps.union([...this.views.values()].flatMap((rows) => [...rows.values()]))
  }

  /** Saves what was changed until it is late. False when some is left, which is saved the next time. */
  save(saved: Saved, isLate: () => boolean): boolean {
    for (const [view, ids] of this.unsaved) {
      for (const id of ids) {
        if (isLate()) return false
        const row = this.row(id, view)
        row?.optimise()
        saved.put(this.field.id, view, id, row && row.count() > 0 ? row.save() : undefined)
        ids.delete(id)
      }
    }
    this.unsaved.clear()
    return true
  }

  /** In what the two differ, in words. */
  differences(other: SetField): readonly string[] {
    const views = new Set([...this.views.keys(), ...other.views.keys()])
    return [...views].flatMap((view) => {
      const ids = new Set([...this.rowsIn(view).keys(), ...other.rowsIn(view).keys()])
      return [...ids].flatMap((id) => this.bitmaps.scope(() => {
        const [mine, others] = [this.row(id, view) ?? this.bitmaps.empty(), other.row(id, view) ?? this.bitmaps.empty()]
        const count = mine.xor(others).count()
        return count === 0 ? [] : [`${this.field.name}: ${count} records differ in row ${id} of view ${view}`]
      }))
    })
  }

  free(): void {
    for (const rows of this.views.values()) for (const row of rows.values()) row.free()
    this.views.clear()
    this.sorted.clear()
  }

  private take(single: Iterable<Single>, many: Iterable<readonly One[]>): void {
    for (const { columns, values } of single) {
      if (isMany(this.field)) this.addMany(touchedView, 0, columns)
      else values.forEach((value, at) => this.add(standardView, restored(value), columns[at] ?? 0n))
    }
    for (const found of many) for (const { record, value, view } of found) this.add(view, value, record)
  }

  private changed(view: View, id: Column): void {
    this.sorted.delete(view)
    const unsaved = this.unsaved.get(view)
    if (unsaved) unsaved.add(id)
    else this.unsaved.set(view, new Set([id]))
  }

  private rowsIn(view: View): Map<Column, Bitmap> {
    const known = this.views.get(view)
    if (known) return known
    const rows = new Map<Column, Bitmap>()
    this.views.set(view, rows)
    return rows
  }

  private rowAt(view: View, id: Column): Bitmap {
    const rows = this.rowsIn(view)
    const known = rows.get(id)
    if (known) return known
    const row = this.bitmaps.empty()
    rows.set(id, row)
    return row
  }
}
