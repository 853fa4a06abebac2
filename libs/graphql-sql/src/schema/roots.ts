import type { Catalogue } from '../catalogue.js'
import { encodeName, free } from '../names.js'

export type ReadKind = 'rows' | 'by pk' | 'aggregate' | 'groups'
export type ChangeKind = 'insert' | 'update' | 'update by pk' | 'delete' | 'delete by pk'

export interface Root<Kind> {
  readonly kind: Kind
  readonly table: string
}

/** What may be asked for. AirGQL's four: a token that only writes may not see what there is. */
export type ApiAccess = 'read' | 'read+write' | 'write' | 'insert'

/** The names of all fields of Query and Mutation, in their order, and what the tables' own names are. */
export interface Roots {
  readonly query: ReadonlyMap<string, Root<ReadKind>>
  readonly mutation: ReadonlyMap<string, Root<ChangeKind>>
  /** The tables by their names in GraphQL. */
  readonly tables: ReadonlyMap<string, string>
  byPkOf(table: string): string
}

export const rootsOf = (catalogue: Catalogue, access: ApiAccess): Roots => {
  const encoded = catalogue.names.map((table) => [encodeName(table), table] as const)
  const tables = new Map(encoded)
  const stems = new Map<string, string>()
  const query = new Map<string, Root<ReadKind>>(encoded.map(([name, table]) => [name, { kind: 'rows', table }]))
  for (const [name, table] of encoded) {
    // A name of ours gives way to a table's, and two of ours cannot be the same: what they are made of differs.
    const stem = free(`${name}_by_pk`, (one) => tables.has(one))
    stems.set(table, stem)
    if (catalogue.isTable(table)) query.set(stem, { kind: 'by pk', table })
  }
  for (const [name, table] of encoded) {
    query.set(free(`${name}_aggregate`, (one) => query.has(one)), { kind: 'aggregate', table })
    query.set(free(`${name}_groups`, (one) => query.has(one)), { kind: 'groups', table })
  }
  const mutation = new Map<string, Root<ChangeKind>>()
  for (const [name, table] of access === 'read' ? [] : encoded) {
    if (!catalogue.isTable(table)) continue
    const stem = stems.get(table) ?? ''
    mutation.set(`insert_${name}`, { kind: 'insert', table })
    if (access === 'insert') continue
    mutation.set(`update_${name}`, { kind: 'update', table })
    mutation.set(`update_${stem}`, { kind: 'update by pk', table })
    mutation.set(`delete_${name}`, { kind: 'delete', table })
    mutation.set(`delete_${stem}`, { kind: 'delete by pk', table })
  }
  return { query, mutation, tables, byPkOf: (table) => stems.get(table) ?? '' }
}
