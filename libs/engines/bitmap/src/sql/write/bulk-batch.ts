import type { Column } from '@tenantry/bitmaps'
import { type TypedStatement, printType } from '@tenantry/featurebase-sql'
import { Batch } from '../../import/batch.js'
import { numberReader, recordReader, rowReader } from '../../import/cells.js'
import { RefusedRow, refuseRow } from '../../import/refused-row.js'
import type { Space } from '../../space.js'
import { type Field, isMany, isNumeric } from '../../store/catalogue.js'
import { standardView } from '../../store/time-quantum.js'
import type { FieldValue, TableData } from '../../table-data.js'
import { idName } from '../types.js'
import { cellOf, cellValue } from './bulk-values.js'
import { recordOf, storedValue, written } from './stored.js'

type BulkInsert = Extract<TypedStatement, { kind: 'bulk insert' }>

/** Shorter texts have too few rows to gather. */
const shortText = 16_384

type Read = (cell: string) => FieldValue

interface Place {
  /** Where the cell stands in a row. */
  readonly from: number
  /** Undefined for the id. */
  readonly read: Read | undefined
}

/** Rows of CSV whose cells are what their columns keep: they go into the batch as they are read. Cells that are written otherwise are looked at apart. */
export class BulkBatch {
  private readonly batch: Batch
  private readonly places: readonly Place[]
  private readonly readRecord: (cell: string) => Column

  private row = 0

  private constructor(private readonly space: Space, private readonly data: TableData, private readonly statement: BulkInsert) {
    const { columns, map } = statement
    this.batch = new Batch(space, data)
    this.readRecord = recordReader(space, data.table)
    this.places = columns.map(({ name }, at) => {
      const from = Number(map[at]?.from)
      const field = name === idName ? undefined : data.field(name)
      if (field) this.batch.place(field)
      return { from, read: field && readerOf(space, field) }
    })
  }

  /** Undefined where the statement is not of this kind. */
  static of(space: Space, data: TableData, statement: BulkInsert): BulkBatch | undefined {
    const { format, transform, source, columns, map } = statement
    if (format !== 'CSV' || transform || source.length < shortText) return undefined
    const isDirect = columns.every(({ name, type }, at) => {
      const from = map[at]?.type
      return from !== undefined && printType(from) === printType(type) && type.name !== 'bool' && (name === idName || data.field(name) !== undefined)
    })
    return isDirect ? new BulkBatch(space, data, statement) : undefined
  }

  /** Throws SqlError and EngineRefusal for a row that cannot be read. */
  add(cells: readonly string[]): void {
    this.row += 1
    try {
      this.addRow(cells)
    } catch (error) {
      if (!(error instanceof RefusedRow)) throw error
      this.addApart(cells)
    }
  }

  /** Keeps all of them and says how many. */
  end(): number {
    this.batch.flush()
    this.batch.merge()
    return this.row
  }

  free(): void {
    this.batch.free()
  }

  private addRow(cells: readonly string[]): void {
    let record: Column | undefined
    const values: (FieldValue | undefined)[] = []
    for (const { from, read } of this.places) {
      const cell = cells[from] ?? refuseRow('The row is too short.')
      if (!read) record = this.readRecord(cell)
      else values.push(cell === '' ? undefined : read(cell))
    }
    if (record === undefined) return refuseRow('The row has no id.')
    this.batch.add(record, values)
  }

  private addApart(cells: readonly string[]): void {
    const { space, data, row, statement: { columns, map, tree: { at } } } = this
    const given = columns.map(({ type }, place) => cellValue(cellOf(cells, Number(map[place]?.from), at), type, at))
    const values = columns.flatMap(({ name }, place) => {
      const field = data.field(name)
      const value = given[place] ?? null
      return field ? [value === null ? undefined : storedValue(space, field, value, { column: name, row })] : []
    })
    const record = recordOf(space, data.table, given[columns.findIndex(({ name }) => name === idName)] ?? null, row)
    this.batch.add(record(), values.map((value) => value === undefined ? undefined : written(value)))
  }
}

const isCount = /^-?\d+$/

const readerOf = (space: Space, field: Field): Read => {
  if (field.options.type === 'timestamp') {
    const read = numberReader(space, field)
    // A bare number is seconds here, and not a count of the column's unit.
    return (cell) => isCount.test(cell) ? refuseRow('It is looked at apart.') : read(cell)
  }
  if (isNumeric(field)) return numberReader(space, field)
  const one = rowReader(space, field)
  if (!isMany(field)) return one
  const views = field.options.type === 'time' && field.options.noStandardView ? [] : [standardView]
  return (cell) => ({ values: [one(cell)], views })
}
