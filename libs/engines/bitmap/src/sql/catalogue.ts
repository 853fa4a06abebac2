import { type Column, type SqlCatalogue, type TableEntry, type ViewEntry, simple } from '@tenantry/featurebase-sql'
import type { Space } from '../space.js'
import type { Field, Table } from '../store/catalogue.js'
import { leastInt, mostInt } from '../store/field-options.js'
import { systemTables } from './system.js'
import { fieldsOf, idName, typeOf } from './types.js'

const bound = (value: bigint, usual: bigint): bigint | undefined => value === usual ? undefined : value

const columnOf = (field: Field): Column => {
  const { name, options } = field
  const type = typeOf(field)
  switch (options.type) {
    case 'int':
    case 'decimal': return { name, type, min: bound(options.min, leastInt), max: bound(options.max, mostInt) }
    case 'timestamp': return { name, type, timeUnit: options.timeUnit }
    case 'time': return { name, type, timeQuantum: options.timeQuantum }
    default: return { name, type }
  }
}

const entryOf = (table: Table): TableEntry => ({
  kind: 'table',
  name: table.name,
  columns: [{ name: idName, type: simple(table.keyed ? 'string' : 'id') }, ...fieldsOf(table).map(columnOf)],
})

/** What the checker of SQL is told of a database. Good as long as the catalogue's version stays. */
export class SpaceCatalogue implements SqlCatalogue {
  private readonly entries = new Map<string, TableEntry>()
  private version = -1

  constructor(private readonly space: Space) {}

  find(name: string): TableEntry | ViewEntry | undefined {
    const { catalogue } = this.space
    if (this.version !== catalogue.version) {
      this.entries.clear()
      this.version = catalogue.version
    }
    const known = this.entries.get(name)
    if (known) return known
    const table = catalogue.find(name)
    if (table) {
      const entry = entryOf(table)
      this.entries.set(name, entry)
      return entry
    }
    const view = catalogue.view(name)
    if (view) return { kind: 'view', name, text: view.query }
    return systemTables.get(name)
  }
}
