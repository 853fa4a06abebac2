import type { Column } from '@tenantry/bitmaps'
import { type Field, type Table, isMany } from '../store/catalogue.js'
import { stored } from '../store/ids.js'
import { columnOf, rowsOf, valuesOf } from '../store/schema.sql.js'
import type { Statements } from '../store/statements.js'
import { standardView } from '../store/time-quantum.js'
import type { ManyValues } from '../table-data.js'

type Bound = number | bigint | null

/** Rows in one statement: past this nothing is gained, and SQLite takes 32,766 values at most. */
const rowsAtOnce = 64
const valuesAtOnce = 8_192

/** Writes rows of some columns, many of them with one statement: one by one they would take twice as long. */
class Inserts {
  private readonly most: number
  private values: Bound[] = []

  constructor(private readonly statements: Statements, private readonly into: string, private readonly otherwise: string, private readonly width: number) {
    this.most = Math.max(1, Math.min(rowsAtOnce, Math.floor(valuesAtOnce / width)))
  }

  add(value: Bound): void {
    this.values.push(value)
  }

  /** After each row. */
  rowEnds(): void {
    if (this.values.length >= this.most * this.width) this.flush()
  }

  flush(): void {
    const { values, width } = this
    if (values.length === 0) return
    this.values = []
    if (values.length === this.most * width) this.run(this.most, values)
    else for (let from = 0; from < values.length; from += width) this.run(1, values.slice(from, from + width))
  }

  private run(rows: number, values: readonly Bound[]): void {
    const row = `(${Array.from({ length: this.width }, () => '?').join(',')})`
    this.statements.run(`INSERT ${this.into} VALUES ${Array.from({ length: rows }, () => row).join(',')} ${this.otherwise}`, ...values)
  }
}

/** Writes the records of an import as they come. What a record has and the import does not say stays. */
export class RowWriter {
  private readonly rows: Inserts
  private readonly many: readonly (Inserts | undefined)[]

  constructor(statements: Statements, table: Table, private readonly fields: readonly Field[]) {
    const columns = fields.map(({ id }) => columnOf(id))
    const updates = columns.map((column) => `${column} = coalesce(excluded.${column}, ${column})`)
    const conflict = updates.length === 0 ? 'ON CONFLICT (id) DO NOTHING' : `ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`
    this.rows = new Inserts(statements, `INTO ${rowsOf(table.id)} (${['id', ...columns].join(', ')})`, conflict, columns.length + 1)
    this.many = fields.map((field) => isMany(field) ? new Inserts(statements, `OR IGNORE INTO ${valuesOf(field.id)} (record, value, view)`, '', 3) : undefined)
  }

  /** `values` are in the order of the fields; undefined where the record is given none. */
  add(record: Column, values: readonly (number | bigint | ManyValues | undefined)[]): void {
    const id = stored(record)
    this.rows.add(id)
    for (let at = 0; at < this.fields.length; at += 1) {
      const value = values[at]
      const many = this.many[at]
      if (value === undefined) this.rows.add(null)
      else if (many) {
        this.rows.add(1)
        this.addMany(many, id, value)
      } else this.rows.add(typeof value === 'object' ? null : stored(value))
    }
    this.rows.rowEnds()
  }

  flush(): void {
    this.rows.flush()
    for (const many of this.many) many?.flush()
  }

  private addMany(inserts: Inserts, id: number | bigint, value: number | bigint | ManyValues): void {
    if (typeof value !== 'object') return this.addValue(inserts, id, value, standardView)
    for (const view of value.views) for (const one of value.values) this.addValue(inserts, id, one, view)
  }

  private addValue(inserts: Inserts, id: number | bigint, value: Column, view: number): void {
    inserts.add(id)
    inserts.add(stored(value))
    inserts.add(view)
    inserts.rowEnds()
  }
}
