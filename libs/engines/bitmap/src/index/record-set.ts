import type { Bitmap, Bitmaps, Column } from '@tenantry/bitmaps'
import type { Table } from '../store/catalogue.js'
import type { Saved } from './saved.js'
import type { Source } from './source.js'

/** Which records a table has. */
export class RecordSet {
  private constructor(readonly bitmap: Bitmap, private readonly owner: number) {}

  static load(bitmaps: Bitmaps, table: Table, saved: Saved): RecordSet {
    const owner = -table.id
    for (const { image } of saved.of(owner)) return new RecordSet(bitmaps.load(image), owner)
    return new RecordSet(bitmaps.empty(), owner)
  }

  add(record: Column): void {
    this.bitmap.add(record)
  }

  /** Makes these records anew from their rows. */
  remake(records: Bitmap, source: Source): void {
    this.bitmap.exclude(records)
    for (const present of source.present(records)) this.bitmap.addMany(present)
  }

  save(saved: Saved): void {
    this.bitmap.optimise()
    saved.put(this.owner, 0, 0, this.bitmap.save())
  }

  free(): void {
    this.bitmap.free()
  }
}
