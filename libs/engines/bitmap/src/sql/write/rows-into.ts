import type { Column as SqlColumn, Value } from '@tenantry/featurebase-sql'
import { Batch } from '../../import/batch.js'
import type { Space } from '../../space.js'
import type { Field } from '../../store/catalogue.js'
import type { FieldValue, TableData } from '../../table-data.js'
import { rejected } from '../rejected.js'
import { idName } from '../types.js'
import { type Ready, recordOf, storedValue, written } from './stored.js'

/** So many rows are looked at before any is written; more than these are gathered before they go into bitmaps. */
const fewRows = 256

/** A value that is given, and the moment of it where the column has a time quantum. */
export interface Given {
  readonly value: Value
  readonly time?: bigint | undefined
}

export const tableFor = (space: Space, name: string): TableData => space.table(name) ?? rejected(`[0:0] table '${name}' not found`)

interface Target {
  readonly column: SqlColumn
  /** Undefined for the id. */
  readonly field: Field | undefined
}

type Values = readonly (Ready | null | undefined)[]

interface Waiting {
  readonly record: () => number | bigint
  readonly values: Values
}

/** Writes rows of these columns within a change, one after the other, and says how many. Few go straight into the bitmaps, many are gathered before. */
export const writeRows = (space: Space, data: TableData, columns: readonly SqlColumn[], rows: Iterable<readonly Given[]>): number => {
  const into = new RowsInto(space, data, columns)
  try {
    for (const row of rows) into.add(row)
    return into.end()
  } finally {
    into.free()
  }
}

class RowsInto {
  private readonly targets: readonly Target[]
  private readonly fields: readonly Field[]
  private readonly idAt: number
  private waiting: Waiting[] = []
  private batch: Batch | undefined
  private row = 0

  constructor(private readonly space: Space, private readonly data: TableData, columns: readonly SqlColumn[]) {
    this.targets = columns.map((column) => ({ column, field: column.name === idName ? undefined : data.field(column.name) ?? rejected(`[0:0] column '${column.name}' not found`) }))
    this.fields = this.targets.flatMap(({ field }) => field ?? [])
    this.idAt = this.targets.findIndex(({ field }) => !field)
    if (this.idAt < 0) rejected('[0:0] insert column list must have \'_id\' column specified')
  }

  add(given: readonly Given[]): void {
    this.row += 1
    const { space, row } = this
    const values: (Ready | null | undefined)[] = []
    this.targets.forEach(({ column, field }, at) => {
      if (!field) return
      const { value, time } = given[at] ?? { value: null }
      // Nothing is changed by NULL, as in the original; but what is true or false is taken away by it, there too.
      values.push(value === null ? field.options.type === 'bool' ? null : undefined : storedValue(space, field, value, { column: column.name, row }, time))
    })
    this.waiting.push({ record: recordOf(space, this.data.table, given[this.idAt]?.value ?? null, row), values })
    if (this.waiting.length < fewRows) return
    this.batch ??= this.begun()
    this.flush()
  }

  /** Answers how many rows were written. */
  end(): number {
    this.flush()
    this.settle()
    return this.row
  }

  free(): void {
    this.batch?.free()
  }

  private flush(): void {
    const { waiting } = this
    this.waiting = []
    for (const { record, values } of waiting) {
      if (this.batch && values.includes(null)) this.settle()
      if (this.batch) this.batch.add(record(), values.map((value) => value === undefined || value === null ? undefined : written(value)))
      else this.one(record(), values)
    }
  }

  private begun(): Batch {
    const batch = new Batch(this.space, this.data)
    for (const field of this.fields) batch.place(field)
    return batch
  }

  /** What was gathered comes before a row that takes something away. */
  private settle(): void {
    this.batch?.flush()
    this.batch?.merge()
    this.batch?.free()
    this.batch = undefined
  }

  private one(record: number | bigint, values: Values): void {
    const fields: Field[] = []
    const given: (FieldValue | null)[] = []
    values.forEach((value, at) => {
      const field = this.fields[at]
      if (value === undefined || !field) return
      fields.push(field)
      given.push(value === null ? null : written(value))
    })
    this.data.putRow(record, fields, given)
  }
}
