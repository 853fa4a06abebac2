import { printType } from '@tenantry/featurebase-sql'
import type { Field, Table } from '../../store/catalogue.js'
import { decimalText } from '../../store/decimal.js'
import { leastInt, mostInt } from '../../store/field-options.js'
import { fieldsOf, idName, typeOf } from '../types.js'
import { durationText } from './duration.js'

const usualCacheSize = 50_000

const bounds = (min: bigint, max: bigint, text: (value: bigint) => string): string =>
  `${min === leastInt ? '' : ` min ${text(min)}`}${max === mostInt ? '' : ` max ${text(max)}`}`

const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\'')}'`

const optionsOf = ({ options }: Field): string => {
  switch (options.type) {
    case 'set':
    case 'mutex': return options.cacheType === 'ranked' && options.cacheSize === usualCacheSize ? '' : ` cachetype ${options.cacheType} size ${options.cacheSize}`
    case 'int': return bounds(options.min, options.max, String)
    case 'decimal': return bounds(options.min, options.max, (value) => decimalText(value, options.scale))
    case 'timestamp': return ` timeunit ${quoted(options.timeUnit)}`
    case 'time': return ` timequantum ${quoted(options.timeQuantum)}${options.ttlSeconds === 0 ? '' : ` ttl ${quoted(durationText(options.ttlSeconds))}`}`
    case 'bool': return ''
  }
}

/** The statement that makes a table like this one. */
export const tableDdl = (table: Table): string => {
  const columns = [`${idName} ${table.keyed ? 'string' : 'id'}`, ...fieldsOf(table).map((field) => `${field.name} ${printType(typeOf(field))}${optionsOf(field)}`)]
  return `create table ${table.name} (${columns.join(', ')})${table.description === '' ? '' : ` comment ${quoted(table.description)}`};`
}
