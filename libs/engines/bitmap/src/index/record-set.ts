import type { Bitmap, Bitmaps, Column } from '@tenantry/bitmaps'
import type { Table } from '../store/catalogue.js'
import type { Saved } from './saved.js'
import type { Source } from './source.js'

/** Which records a table has. */
export class RecordSet {
  private constructor(private readonly bitmaps: Bitmaps, readonly bitmap: Bitmap, private readonly owner: number) {}

  static load(bitmaps: Bitmaps, table: Table, saved: Saved): RecordSet {
    const owner = -table.id
    for (const { image } of saved.of(owner)) return new RecordSet(bitmaps, bitmaps.load(image), owner)
    return new RecordSet(bitmaps, bitmaps.empty(), owner)
  }

  /** Made of the rows alone, whatever is saved. */
  static rebuilt(bitmaps: Bitmaps, table: Table, source: Source): RecordSet {
    const made = new RecordSet(bitmaps, bitmaps.empty(), -table.id)
    for (const present of source.allPresent()) made.bitmap.addMany(present)
    return made
  }

  add(record: Column): void {
    this.bitmap.add(record)
  }

  /** Makes these records anew from their rows. */
  remake(records: Bitmap, source: Source): void {
    this.bitmap.exclude(records)
    for (const present of source.present(records)) this.bitmap.addMany(present)
  }

  /** Every record that the bitmaps say something of, in a bitmap of the caller's. */
  records(): Bitmap {
    return this.bitmap.clone()
  }

  save(saved: Saved): boolean {
    this.bitmap.optimise()
    saved.put(this.owner, 0, 0, this.bitmap.save())
    return true
  }

  /** In what the two differ, in words. */
  differences(other: RecordSet): readonly string[] {
    return this.bitmaps.scope(() => {
      const count = this.bitmap.xor(other.bitmap).count()
      return count === 0 ? [] : [`which records there are: ${count} differ`]
    })
  }

  free(): void {
    this.bitmap.free()
  }
}
