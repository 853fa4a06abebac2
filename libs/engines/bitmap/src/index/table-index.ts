import type { Bitmap, Bitmaps } from '@tenantry/bitmaps'
import { type Field, type Table, isNumeric } from '../store/catalogue.js'
import type { Changes, Owner } from './changes.js'
import { orDamaged } from './damaged.js'
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

type Part = RecordSet | SetField | NumberField

/**
 * The bitmaps of one table. Each field's are read from the file when they are first needed, and what was changed since they were saved
 * is made anew from the rows; from then on they follow every change. Where something of what was saved is damaged, all of it is.
 */
export class TableIndex {
  private records: RecordSet | undefined
  private readonly fields = new Map<number, SetField | NumberField>()
  /** Those that stand for saved ones which are damaged. */
  private readonly rebuilt = new Set<Owner>()

  constructor(private readonly table: Table, private readonly parts: IndexParts) {}

  all(): RecordSet {
    const { bitmaps, saved } = this.parts
    this.records ??= this.made(-this.table.id, () => RecordSet.load(bitmaps, this.table, saved), () => this.allAnew())
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
    const made = this.made(field.id, () => isNumeric(field) ? NumberField.load(bitmaps, field, saved) : SetField.load(bitmaps, field, saved), () => this.anew(field))
    this.fields.set(field.id, made)
    return made
  }

  /** Writes the bitmaps of these owners, within a change, until it is late; they are settled that are written wholly. */
  save(owners: ReadonlySet<Owner>, isLate: () => boolean): void {
    const wanted = (owner: Owner): boolean => (owners.has(owner) || this.rebuilt.has(owner)) && !isLate()
    if (wanted(-this.table.id)) this.saveOne(-this.table.id, this.all(), isLate)
    for (const field of this.table.fields.values()) if (wanted(field.id)) this.saveOne(field.id, this.load(field), isLate)
  }

  hasRebuilt(): boolean {
    return this.rebuilt.size > 0
  }

  /** In what the bitmaps differ from those that the rows alone make, in words. */
  differences(): readonly string[] {
    return this.parts.bitmaps.scope(() => [
      ...this.all().differences(this.allAnew()),
      ...[...this.table.fields.values()].flatMap((field) => isNumeric(field)
        ? this.numbers(field).differences(NumberField.rebuilt(this.parts.bitmaps, field, this.parts.source))
        : this.sets(field).differences(SetField.rebuilt(this.parts.bitmaps, field, this.parts.source))),
    ].map((one) => `${this.table.name}: ${one}`))
  }

  /** Records that were ended are in no bitmap any more. */
  forgetRecords(records: Bitmap): void {
    this.records?.bitmap.exclude(records)
    for (const field of this.fields.values()) field.forgetRecords(records)
  }

  private saveOne(owner: Owner, part: Part, isLate: () => boolean): void {
    const { saved, changes } = this.parts
    if (this.rebuilt.delete(owner)) {
      // Until all of it is saved the note says that nothing is to be trusted.
      saved.clear(owner)
      const records = part.records()
      changes.noteMany(owner, records)
      records.free()
    }
    if (part.save(saved, isLate)) changes.settled(owner)
  }

  private allAnew(): RecordSet {
    return RecordSet.rebuilt(this.parts.bitmaps, this.table, this.parts.source)
  }

  private anew(field: Field): SetField | NumberField {
    const { bitmaps, source } = this.parts
    return isNumeric(field) ? NumberField.rebuilt(bitmaps, field, source) : SetField.rebuilt(bitmaps, field, source)
  }

  private made<T extends Part>(owner: Owner, load: () => T, anew: () => T): T {
    const { bitmaps, changes, source } = this.parts
    return bitmaps.apart(() => {
      const loaded = orDamaged(load)
      const changed = loaded && changes.since(owner)
      if (loaded && changed) {
        if (changed.count() > 0) loaded.remake(changed, source)
        changed.free()
        return loaded
      }
      loaded?.free()
      this.rebuilt.add(owner)
      return anew()
    })
  }
}
