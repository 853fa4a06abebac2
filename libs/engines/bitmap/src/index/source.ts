import type { Bitmap, Column } from '@tenantry/bitmaps'
import { type Field, type Table } from '../store/catalogue.js'
import { restored } from '../store/ids.js'
import { columnOf, rowsOf, valuesOf } from '../store/schema.sql.js'
import type { Statements } from '../store/statements.js'
import type { View } from '../store/time-quantum.js'

const atOnce = 4_096

type BigColumns = bigint[]

export interface Single { readonly columns: BigColumns; readonly values: bigint[] }
export interface One { readonly record: Column; readonly value: Column; readonly view: View }

/** Reads again what the bitmaps are made of, for some records of a table or for all. */
export class Source {
  private readonly rows: string

  constructor(private readonly statements: Statements, table: Table) {
    this.rows = rowsOf(table.id)
  }

  /** Those of the records that are there, in parts. */
  * present(records: Bitmap): Generator<BigColumns> {
    for (const part of partsOf(records)) yield this.all<{ id: bigint }>(`SELECT id FROM ${this.rows} WHERE id IN (SELECT value FROM json_each(?))`, part).map(({ id }) => BigInt.asUintN(64, id))
  }

  /** The one value that each record has in a field, for those that have one. */
  * single(field: Field, records: Bitmap): Generator<Single> {
    const column = columnOf(field.id)
    for (const part of partsOf(records)) {
      const found = this.all<{ id: bigint; value: bigint }>(`SELECT id, ${column} AS value FROM ${this.rows} WHERE id IN (SELECT value FROM json_each(?)) AND ${column} IS NOT NULL`, part)
      yield singleOf(found)
    }
  }

  /** All values that the records have in a field that may have many. */
  * many(field: Field, records: Bitmap): Generator<readonly One[]> {
    for (const part of partsOf(records)) {
      const found = this.all<{ record: bigint; value: bigint; view: bigint }>(`SELECT record, value, view FROM ${valuesOf(field.id)} WHERE record IN (SELECT value FROM json_each(?))`, part)
      yield found.map(oneOf)
    }
  }

  /** All records that there are, in parts. */
  * allPresent(): Generator<BigColumns> {
    for (const part of this.parts<{ id: bigint }>(`SELECT id FROM ${this.rows}`)) yield part.map(({ id }) => BigInt.asUintN(64, id))
  }

  /** The one value of every record that has one. */
  * allSingle(field: Field): Generator<Single> {
    const column = columnOf(field.id)
    for (const part of this.parts<{ id: bigint; value: bigint }>(`SELECT id, ${column} AS value FROM ${this.rows} WHERE ${column} IS NOT NULL`)) yield singleOf(part)
  }

  /** All values of a field that may have many: records have them also that are not there, which Store may give some to. */
  * allMany(field: Field): Generator<readonly One[]> {
    for (const part of this.parts<{ record: bigint; value: bigint; view: bigint }>(`SELECT record, value, view FROM ${valuesOf(field.id)}`)) yield part.map(oneOf)
  }

  private * parts<T>(sql: string): Generator<readonly T[]> {
    const statement = this.statements.get(sql)
    statement.setReadBigInts(true)
    let part: T[] = []
    for (const row of statement.iterate() as Iterable<unknown> as Iterable<T>) {
      part.push(row)
      if (part.length < atOnce) continue
      yield part
      part = []
    }
    if (part.length > 0) yield part
  }

  private all<T>(sql: string, part: string): readonly T[] {
    const statement = this.statements.get(sql)
    statement.setReadBigInts(true)
    return statement.all(part) as unknown as readonly T[]
  }
}

const singleOf = (found: readonly { readonly id: bigint; readonly value: bigint }[]): Single =>
  ({ columns: found.map(({ id }) => BigInt.asUintN(64, id)), values: found.map(({ value }) => value) })

const oneOf = ({ record, value, view }: { readonly record: bigint; readonly value: bigint; readonly view: bigint }): One =>
  ({ record: restored(record), value: restored(value), view: Number(view) })

/** The records as JSON lists for SQLite, a few thousand in each. */
function* partsOf(records: Bitmap): Generator<string> {
  for (const page of records.exactPages(atOnce)) yield `[${BigInt64Array.from(page, (column) => BigInt.asIntN(64, column)).join(',')}]`
}
