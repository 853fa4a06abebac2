import { type Field, type Table, isMany } from './catalogue.js'
import type { Column } from '@tenantry/bitmaps'
import { stored } from './ids.js'
import { columnOf, rowsOf, valuesOf } from './schema.sql.js'
import type { Statements } from './statements.js'
import type { View } from './time-quantum.js'

/** The records of one table as they are kept: what the bitmaps say is made from here. Each method is one or two statements. */
export class Rows {
  private readonly name: string

  constructor(private readonly statements: Statements, private readonly table: Table) {
    this.name = rowsOf(table.id)
  }

  /** False when the record was there. */
  add(record: Column): boolean {
    return this.statements.run(`INSERT OR IGNORE INTO ${this.name} (id) VALUES (?)`, stored(record))
  }

  /** The one value of a field that has one: a scaled integer, a count of units, a row's number, 0 or 1. */
  value(field: Field, record: Column): bigint | undefined {
    const statement = this.statements.get(`SELECT ${columnOf(field.id)} AS value FROM ${this.name} WHERE id = ?`)
    statement.setReadBigInts(true)
    const row = statement.get(stored(record)) as { value: bigint | null } | undefined
    return row?.value ?? undefined
  }

  /** The values of some fields that have one, for those that it has. */
  values(fields: readonly Field[], record: Column): ReadonlyMap<Field, bigint> {
    const found = new Map<Field, bigint>()
    if (fields.length === 0) return found
    const statement = this.statements.get(`SELECT ${fields.map(({ id }) => columnOf(id)).join(', ')} FROM ${this.name} WHERE id = ?`)
    statement.setReadBigInts(true)
    const row = statement.get(stored(record)) as Readonly<Record<string, bigint | null>> | undefined
    for (const field of fields) {
      const value = row?.[columnOf(field.id)]
      if (value !== null && value !== undefined) found.set(field, value)
    }
    return found
  }

  /** Gives a record its values of several fields in one statement; makes the record. */
  put(record: Column, fields: readonly Field[], values: readonly (Column | null)[]): void {
    const columns = fields.map(({ id }) => columnOf(id))
    const conflict = columns.length === 0 ? 'NOTHING' : `UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`
    this.statements.run(`INSERT INTO ${this.name} (${['id', ...columns].join(', ')}) VALUES (${['?', ...columns.map(() => '?')].join(', ')}) ON CONFLICT (id) DO ${conflict}`,
      stored(record), ...values.map((value) => value === null ? null : stored(value)))
  }

  /** Gives a record a value of a field that has one, or takes it away; makes the record. */
  setValue(field: Field, record: Column, value: Column | null): void {
    const column = columnOf(field.id)
    this.statements.run(`INSERT INTO ${this.name} (id, ${column}) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET ${column} = ?2`, stored(record), value === null ? null : stored(value))
  }

  /** Notes that a record had values of a field that may have many: none is another answer then. Makes the record. */
  touch(field: Field, record: Column): void {
    const column = columnOf(field.id)
    this.statements.run(`INSERT INTO ${this.name} (id, ${column}) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET ${column} = 1 WHERE ${column} IS NULL`, stored(record))
  }

  /** Adds a value in a view; false when it was there. */
  addValue(field: Field, record: Column, value: Column, view: View): boolean {
    return this.statements.run(`INSERT OR IGNORE INTO ${valuesOf(field.id)} (record, value, view) VALUES (?, ?, ?)`, stored(record), stored(value), view)
  }

  /** Takes every value out of every view. */
  removeValues(field: Field, record: Column): void {
    this.statements.run(`DELETE FROM ${valuesOf(field.id)} WHERE record = ?`, stored(record))
  }

  /** Takes a value out of every view; false when it was in none. */
  removeValue(field: Field, record: Column, value: Column): boolean {
    return this.statements.run(`DELETE FROM ${valuesOf(field.id)} WHERE record = ? AND value = ?`, stored(record), stored(value))
  }

  /** Ends a record with all that it had. */
  delete(record: Column): void {
    this.statements.run(`DELETE FROM ${this.name} WHERE id = ?`, stored(record))
    for (const field of this.table.fields.values()) if (isMany(field)) this.statements.run(`DELETE FROM ${valuesOf(field.id)} WHERE record = ?`, stored(record))
  }
}
