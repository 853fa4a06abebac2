import type { Bitmap, Bitmaps, Column, Columns, Slices, Values } from '@tenantry/bitmaps'
import type { NumberField } from '../index/number-field.js'
import type { SetField } from '../index/set-field.js'
import { type View, standardView } from '../store/time-quantum.js'
import type { ManyValues } from '../table-data.js'

/** Values gathered before they go into bitmaps: many at once cost a tenth of what they cost one by one. */
const mostGathered = 16_384
const mostOfPage = 65_536

/** Columns as the bitmaps take them: numbers where all of them are. */
export const columnsOf = (list: readonly Column[]): Columns =>
  list.every((column) => typeof column === 'number') ? Float64Array.from(list) : list.map(BigInt)

const valuesOf = (list: readonly (number | bigint)[]): Values =>
  list.every((value) => typeof value === 'number') ? Float64Array.from(list) : list.map(BigInt)

/** What an import gives to one field, apart from the field's bitmaps until it is kept: whoever asks meanwhile sees none of it. */
export interface Pending<V> {
  add(record: Column, value: V): void
  /** The records that were given a value. Good until `free`. */
  touched(): Bitmap
  free(): void
}

/** Values of a field whose values are compared; of a record that comes twice, the last counts. */
export class PendingNumbers implements Pending<number | bigint> {
  private readonly slices: Slices
  private records: Column[] = []
  private values: (number | bigint)[] = []
  private columns: Bitmap | undefined

  constructor(bitmaps: Bitmaps) {
    this.slices = bitmaps.slices()
  }

  add(record: Column, value: number | bigint): void {
    this.records.push(record)
    this.values.push(value)
    if (this.records.length >= mostGathered) this.gather()
  }

  touched(): Bitmap {
    this.gather()
    this.columns ??= this.slices.columns()
    return this.columns
  }

  into(field: NumberField): void {
    const last = this.touched().max() ?? 0
    if (typeof last === 'bigint') return this.exactlyInto(field)
    for (let from = 0; from <= last;) {
      const { columns, values } = this.slices.page(from, mostOfPage)
      field.setMany(columns, values)
      from = (columns.at(-1) ?? last) + 1
    }
  }

  free(): void {
    this.columns?.free()
    this.slices.free()
  }

  /** Pages of values have no ids past 2^53. */
  private exactlyInto(field: NumberField): void {
    for (const page of this.touched().exactPages()) {
      const columns = [...page]
      field.setMany(columns, columns.map((column) => this.slices.get(column) ?? 0n))
    }
  }

  private gather(): void {
    if (this.records.length === 0) return
    this.slices.setMany(columnsOf(this.records), valuesOf(this.values))
    this.records = []
    this.values = []
  }
}

/** Rows of bitmaps by view and value. */
class PendingRows {
  readonly views = new Map<View, Map<Column, Bitmap>>()

  constructor(private readonly bitmaps: Bitmaps) {}

  add(view: View, value: Column, records: readonly Column[]): void {
    const rows = this.views.get(view) ?? new Map<Column, Bitmap>()
    this.views.set(view, rows)
    const row = rows.get(value) ?? this.bitmaps.empty()
    rows.set(value, row)
    row.addMany(columnsOf(records))
  }

  into(field: SetField): void {
    for (const [view, rows] of this.views) for (const [value, row] of rows) field.include(view, value, row)
  }

  free(): void {
    for (const rows of this.views.values()) for (const row of rows.values()) row.free()
  }
}

const grouped = <K>(groups: Map<K, Column[]>, key: K, record: Column): void => {
  const group = groups.get(key)
  if (group) group.push(record)
  else groups.set(key, [record])
}

/** The one row of each record in a field that gives it one; of a record that comes twice, the last counts. */
export class PendingRow implements Pending<Column> {
  private readonly rows: PendingRows
  private readonly records: Bitmap
  private gathered = new Map<Column, Column>()

  constructor(bitmaps: Bitmaps) {
    this.rows = new PendingRows(bitmaps)
    this.records = bitmaps.empty()
  }

  add(record: Column, value: Column): void {
    this.gathered.set(record, value)
    if (this.gathered.size >= mostGathered) this.gather()
  }

  touched(): Bitmap {
    this.gather()
    return this.records
  }

  /** `known` are those of its records that may have had another row. */
  into(field: SetField, known: Bitmap): void {
    this.gather()
    if (known.count() > 0) for (const { id } of field.rows()) field.exclude(id, known)
    this.rows.into(field)
  }

  free(): void {
    this.rows.free()
    this.records.free()
  }

  private gather(): void {
    if (this.gathered.size === 0) return
    const records = columnsOf([...this.gathered.keys()])
    // What was given before is taken back from those that come again.
    if (this.records.addMany(records) < records.length) for (const rows of this.rows.views.values()) for (const row of rows.values()) row.removeMany(records)
    const groups = new Map<Column, Column[]>()
    for (const [record, value] of this.gathered) grouped(groups, value, record)
    for (const [value, some] of groups) this.rows.add(standardView, value, some)
    this.gathered = new Map()
  }
}

/** Values of a field that may have many. */
export class PendingMany implements Pending<Column | ManyValues> {
  private readonly rows: PendingRows
  private readonly records: Bitmap
  private gathered = new Map<View, Map<Column, Column[]>>()
  private touching: Column[] = []
  private count = 0

  constructor(bitmaps: Bitmaps) {
    this.rows = new PendingRows(bitmaps)
    this.records = bitmaps.empty()
  }

  add(record: Column, value: Column | ManyValues): void {
    this.touching.push(record)
    if (typeof value === 'object') for (const view of value.views) for (const one of value.values) this.note(view, one, record)
    else this.note(standardView, value, record)
    if (this.count >= mostGathered || this.touching.length >= mostGathered) this.gather()
  }

  touched(): Bitmap {
    this.gather()
    return this.records
  }

  into(field: SetField): void {
    field.touchMany(this.touched())
    this.rows.into(field)
  }

  free(): void {
    this.rows.free()
    this.records.free()
  }

  private note(view: View, value: Column, record: Column): void {
    this.count += 1
    const groups = this.gathered.get(view) ?? new Map<Column, Column[]>()
    this.gathered.set(view, groups)
    grouped(groups, value, record)
  }

  private gather(): void {
    if (this.touching.length === 0) return
    this.records.addMany(columnsOf(this.touching))
    for (const [view, groups] of this.gathered) for (const [value, some] of groups) this.rows.add(view, value, some)
    this.gathered = new Map()
    this.touching = []
    this.count = 0
  }
}
