import type { StatementColumnMetadata } from 'node:sqlite'
import type { Connection } from './connection.js'

/**
 * What is known of a column's values before any is read: `solid` is never a BLOB, `kept` comes from a table as it lies there,
 * and of `made` nothing is known: SQLite may mark its text as JSON, and computing it twice may cost.
 */
export type Origin = 'solid' | 'kept' | 'made'

interface TableColumn {
  readonly name: string
  readonly type: string
  readonly pk: number
  readonly hidden: number
}

const solidTypes = new Set(['INT', 'INTEGER', 'REAL', 'TEXT'])

/** The origin of each column of a table of this database; a table with generated columns, a view or a virtual table has none. */
const tableOrigins = ({ database }: Connection, table: string): ReadonlyMap<string, Origin> => {
  const kind = database.prepare('SELECT type, wr, strict FROM pragma_table_list(?) WHERE schema = \'main\'').get(table)
  const columns = database.prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)').all(table) as Iterable<unknown> as readonly TableColumn[]
  if (kind?.['type'] !== 'table' || columns.some(({ hidden }) => hidden !== 0)) return new Map()
  const keys = columns.filter(({ pk }) => pk > 0).length
  const isSolid = ({ type, pk }: TableColumn): boolean =>
    kind['strict'] === 1 ? solidTypes.has(type.toUpperCase()) : pk === 1 && keys === 1 && kind['wr'] === 0 && type.toUpperCase() === 'INTEGER'
  return new Map(columns.map((column) => [column.name, isSolid(column) ? 'solid' : 'kept']))
}

export const originsOf = (connection: Connection, columns: readonly StatementColumnMetadata[]): readonly Origin[] => {
  const tables = new Map<string, ReadonlyMap<string, Origin>>()
  connection.gate.trusted = true
  try {
    return columns.map(({ table, column, database }) => {
      if (table === null || column === null || database !== 'main') return 'made'
      const origins = tables.get(table) ?? tableOrigins(connection, table)
      tables.set(table, origins)
      return origins.get(column) ?? 'made'
    })
  } finally {
    connection.gate.trusted = false
  }
}
