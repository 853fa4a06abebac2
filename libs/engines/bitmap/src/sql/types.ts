import { type DataType, decimalOf, simple } from '@tenantry/featurebase-sql'
import type { Field, Table } from '../store/catalogue.js'

/** What a field is in SQL. */
export const typeOf = ({ options }: Field): DataType => {
  switch (options.type) {
    case 'set': return simple(options.keys ? 'stringset' : 'idset')
    case 'time': return simple(options.keys ? 'stringsetq' : 'idsetq')
    case 'mutex': return simple(options.keys ? 'string' : 'id')
    case 'bool': return simple('bool')
    case 'int': return simple('int')
    case 'decimal': return decimalOf(options.scale)
    case 'timestamp': return simple('timestamp')
  }
}

export const idName = '_id'

/** The fields of a table in the order in which they were made. */
export const fieldsOf = (table: Table): readonly Field[] => [...table.fields.values()].sort((one, other) => one.id - other.id)
