import { type Column, type SimpleType, type TableEntry, simple } from '@tenantry/featurebase-sql'
import type { Space } from '../space.js'
import { tableDdl } from './show/ddl.js'

export type Cell = string | number | bigint | boolean | null

interface SystemTable extends TableEntry {
  readonly kind: 'system table'
  /** What it holds now, each row in the order of its columns. */
  readonly rows: (space: Space) => readonly (readonly Cell[])[]
}

const columns = (...list: readonly (readonly [string, SimpleType])[]): readonly Column[] => list.map(([name, type]) => ({ name, type: simple(type) }))

const table = (name: string, list: readonly Column[], rows: SystemTable['rows']): [string, SystemTable] => [name, { kind: 'system table', name, columns: list, rows }]

const one = (...cells: readonly Cell[]) => (): readonly (readonly Cell[])[] => [cells]

/**
 * The tables that FeatureBase has of itself, as far as they make sense for one database: it is one node, and what other tenants do is
 * nobody's business.
 */
export const systemTables: ReadonlyMap<string, SystemTable> = new Map([
  table('fb_cluster_info', columns(['id', 'string'], ['name', 'string'], ['platform', 'string'], ['platform_version', 'string'], ['db_version', 'string'], ['state', 'string'], ['node_count', 'int'], ['replica_count', 'int']),
    one('tenantry', 'tenantry', 'tenantry', '', '', 'NORMAL', 1, 1)),
  table('fb_cluster_nodes', columns(['id', 'string'], ['state', 'string'], ['uri', 'string'], ['grpc_uri', 'string'], ['is_primary', 'bool']), one('local', 'STARTED', '', '', true)),
  table('fb_table_ddl', columns(['id', 'string'], ['name', 'string'], ['ddl', 'string']), (space) => [...space.catalogue.all()].map((each) => [each.name, each.name, tableDdl(each)])),
  table('fb_views', columns(['_id', 'string'], ['name', 'string'], ['statement', 'string'], ['owner', 'string'], ['updated_by', 'string'], ['created_at', 'timestamp'], ['updated_at', 'timestamp']),
    (space) => space.catalogue.allViews().map(({ name, query, createdAt, updatedAt }) => [name, name, query, '', '', createdAt, updatedAt])),
])
