import type { Column } from '@tenantry/bitmaps'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Space } from '../space.js'
import type { FieldValue, TableData } from '../table-data.js'
import { mostInt } from '../store/field-options.js'
import { type Field, isMany, isNumeric } from '../store/catalogue.js'
import type { Batch } from './batch.js'
import { manyReader, numberReader, rowReader } from './cells.js'
import type { ImportOptions } from './options.js'

/** What a column of the file is: the id, nothing, or the place of a field. */
export type Place = 'id' | 'skipped' | number

const refuse = (message: string): never => { throw new EngineRefusal('EngineRejectedQuery', message) }

/** Which fields of a table an import writes, and how its values are read. */
export class ImportColumns {
  /** How the values of each field are read, in the order of the batch. Throws RefusedRow. */
  readonly readers: ((value: unknown) => FieldValue)[] = []
  private readonly places = new Map<string, Place>()
  readonly idName: string

  constructor(private readonly space: Space, private readonly data: TableData, private readonly options: ImportOptions, private readonly batch: Batch) {
    this.idName = options.id ?? '_id'
    this.places.set(this.idName, 'id')
  }

  /** Where a column goes; undefined for a name that is neither the id's nor a field's. */
  place(name: string): Place | undefined {
    const known = this.places.get(name)
    if (known !== undefined) return known
    const field = this.data.field(name)
    if (!field) return undefined
    const place = this.batch.place(field)
    this.readers[place] = this.readerOf(field)
    this.places.set(name, place)
    return place
  }

  /** The places of the columns of a file. Throws EngineRefusal for a name that is unknown or comes twice, and for an id that is needed and not there. */
  ordered(names: readonly string[]): readonly Place[] {
    const table = JSON.stringify(this.data.table.name)
    const twice = names.find((name, at) => name !== '_' && names.indexOf(name) !== at)
    if (twice !== undefined) return refuse(`The column ${JSON.stringify(twice)} comes twice.`)
    if (!names.includes(this.idName) && (this.options.id !== undefined || this.data.table.keyed)) {
      return refuse(`No column is called ${JSON.stringify(this.idName)}, which is to be the id of the records of ${table}; say which one is with id=.`)
    }
    return names.map((name) => name === '_' ? 'skipped'
      : this.place(name) ?? refuse(`The table ${table} has no field ${JSON.stringify(name.slice(0, 300))}; name the columns with columns=, where _ leaves one out.`))
  }

  private readerOf(field: Field): (value: unknown) => FieldValue {
    if (isNumeric(field)) return numberReader(this.space, field)
    return isMany(field) ? manyReader(this.space, field, this.options) : rowReader(this.space, field)
  }
}

/** Ids for rows that bring none, from the largest that there is. */
export const idsAfter = (largest: Column | undefined): (() => Column) => {
  let next: Column = largest === undefined ? 0 : typeof largest === 'bigint' ? largest + 1n : largest + 1
  return () => {
    const id = next
    if (typeof id === 'number' ? !Number.isSafeInteger(id) : id > mostInt) return refuse('There are no larger ids to give; name the column of the ids with id=.')
    next = typeof id === 'bigint' ? id + 1n : id + 1
    return id
  }
}
