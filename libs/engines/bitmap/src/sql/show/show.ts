import { type TypedStatement, printType } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { type Field, type Table, hasWords } from '../../store/catalogue.js'

import { type SqlAnswer, told } from '../answer.js'
import { rejected } from '../rejected.js'
import { type Cell, systemTables } from '../system.js'
import { fieldsOf, idName, typeOf } from '../types.js'
import { tableDdl } from './ddl.js'
import { durationText } from './duration.js'

type Show = Extract<TypedStatement, { kind: 'show' }>

const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** What SHOW tells of a database. */
export const show = (space: Space, { what, table, withSystem }: Show): SqlAnswer => {
  switch (what) {
    case 'tables': return tables(space, withSystem)
    case 'databases': return databases
    case 'columns': return columns(tableOf(space, table))
    case 'create table': return told([['ddl', 'string']], [[tableDdl(tableOf(space, table))]])
  }
}

const tableOf = ({ catalogue }: Space, name = ''): Table => catalogue.find(name) ?? rejected(`[0:0] table '${name}' not found`)

const tables = (space: Space, withSystem: boolean): SqlAnswer => {
  const own = [...space.catalogue.all()].sort((one, other) => one.name < other.name ? -1 : 1)
    .map((table): readonly Cell[] => [table.name, table.name, '', '', time(table.createdAt), time(table.createdAt), table.keyed, space.bytesOf(table), table.description])
  const system = withSystem ? [...systemTables.keys()].map((name): readonly Cell[] => [name, name, '', '', time(0), time(0), false, 0, '']) : []
  return told([['_id', 'string'], ['name', 'string'], ['owner', 'string'], ['updated_by', 'string'], ['created_at', 'timestamp'], ['updated_at', 'timestamp'],
    ['keys', 'bool'], ['space_used', 'int'], ['description', 'string']], [...own, ...system])
}

/** A tenant's SQL knows the one database that it runs in, and not its name. */
const databases = told([['_id', 'string'], ['name', 'string'], ['owner', 'string'], ['updated_by', 'string'], ['created_at', 'timestamp'], ['updated_at', 'timestamp'],
  ['units', 'int'], ['description', 'string']], [])

const columns = (table: Table): SqlAnswer => told([['_id', 'string'], ['name', 'string'], ['type', 'string'], ['created_at', 'timestamp'], ['keys', 'bool'], ['cache_type', 'string'],
  ['cache_size', 'int'], ['scale', 'int'], ['min', 'int'], ['max', 'int'], ['timeunit', 'string'], ['epoch', 'int'], ['timequantum', 'string'], ['ttl', 'string']], [
  [idName, idName, table.keyed ? 'string' : 'id', time(table.createdAt), table.keyed, '', 0, 0, 0, 0, '', 0, '', '0s'],
  ...fieldsOf(table).map(columnRow),
])

const columnRow = (field: Field): readonly Cell[] => {
  const { name, options, createdAt } = field
  const [min, max] = 'min' in options ? [options.min, options.max] : [0n, 0n]
  return [
    name, name, printType(typeOf(field)), time(createdAt), hasWords(field),
    'cacheType' in options ? options.cacheType : '', 'cacheSize' in options ? options.cacheSize : 0, 'scale' in options ? options.scale : 0,
    min, max,
    options.type === 'timestamp' ? options.timeUnit : '', options.type === 'timestamp' ? options.epochNanos / 1_000_000_000n : 0,
    options.type === 'time' ? options.timeQuantum : '', durationText(options.type === 'time' ? options.ttlSeconds : 0),
  ]
}
