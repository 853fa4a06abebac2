import type { Bitmap, Bitmaps, Column } from '@tenantry/bitmaps'
import { orDamaged } from './damaged.js'
import type { Statements } from '../store/statements.js'

/** Whose bitmaps: a field's by its number, those of which records a table has by the table's number below zero. */
export type Owner = number

/**
 * Which records were changed since their bitmaps were last saved. What one transaction changed is written with it, as the image of a
 * bitmap: whoever opens the database then makes just these records anew from their rows.
 */
export class Changes {
  private readonly open = new Map<Owner, Bitmap>()
  private counted: number | undefined

  constructor(private readonly bitmaps: Bitmaps, private readonly statements: Statements) {}

  note(owner: Owner, record: Column): void {
    this.noted(owner).add(record)
  }

  noteMany(owner: Owner, records: Bitmap): void {
    this.noted(owner).include(records)
  }

  /** Writes what was noted, within the transaction that it is about. */
  write(): void {
    const waiting = this.waiting()
    let more = 0
    for (const [owner, records] of this.open) {
      this.statements.run('INSERT INTO changes (owner, records) VALUES (?, ?)', owner, records.save())
      more += records.count()
      records.free()
    }
    this.open.clear()
    this.counted = waiting + more
  }

  /**
   * What of this owner was changed since it was saved, that of the open transaction with it, in a bitmap of the caller's. Undefined when
   * a note is damaged: anything may have been changed then.
   */
  since(owner: Owner): Bitmap | undefined {
    const all = this.bitmaps.empty()
    const isRead = orDamaged(() => {
      this.include(all, owner)
      return true
    })
    if (isRead) return all
    all.free()
    return undefined
  }

  owners(): readonly Owner[] {
    return (this.statements.get('SELECT DISTINCT owner FROM changes').all() as unknown as readonly { owner: Owner }[]).map(({ owner }) => owner)
  }

  /** The owner's bitmaps are saved as they are now. */
  settled(owner: Owner): void {
    this.open.get(owner)?.free()
    this.open.delete(owner)
    this.statements.run('DELETE FROM changes WHERE owner = ?', owner)
  }

  /** How many changes of records wait to be saved, those counted more than once that were changed more than once. */
  waiting(): number {
    return this.counted ??= this.bitmaps.apart(() => this.owners().reduce((sum, owner) => {
      const records = this.since(owner)
      const count = records?.count() ?? 1
      records?.free()
      return sum + count
    }, 0))
  }

  forgetCount(): void {
    this.counted = undefined
  }

  private include(all: Bitmap, owner: Owner): void {
    const open = this.open.get(owner)
    if (open) all.include(open)
    for (const { records } of this.statements.get('SELECT records FROM changes WHERE owner = ?').iterate(owner) as Iterable<{ records: Uint8Array }>) {
      const some = this.bitmaps.load(records)
      all.include(some)
      some.free()
    }
  }

  private noted(owner: Owner): Bitmap {
    const known = this.open.get(owner)
    if (known) return known
    const records = this.bitmaps.empty()
    this.open.set(owner, records)
    return records
  }
}
