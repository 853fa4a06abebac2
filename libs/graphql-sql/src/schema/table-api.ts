import type { Catalogue, Column, ForeignKey, Table } from '../catalogue.js'
import { encodeName, free } from '../names.js'

/** Another table's rows that belong to a row: `one` through a foreign key of its own table, `many` through one of the other. */
export interface Relation {
  readonly kind: 'one' | 'many'
  readonly name: string
  readonly table: string
  /** Pairs of columns: of the row's own table, and of the other. */
  readonly on: readonly (readonly [own: string, other: string])[]
}

export type RowField =
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'aggregate'; readonly relation: Relation }
  | { readonly kind: 'cursor' }

/** One table as GraphQL sees it: which name means what. */
export interface TableApi {
  readonly table: Table
  readonly name: string
  /** What the names of the fields by key are made of: `T_by_pk`, with underscores behind it where a table is called that. */
  readonly byPk: string
  readonly columns: ReadonlyMap<string, Column>
  readonly relations: ReadonlyMap<string, Relation>
  readonly fields: ReadonlyMap<string, RowField>
  /** The names of the operators beside a table's columns. */
  readonly and: string
  readonly or: string
  readonly not: string
}

const withoutId = (column: string): string | undefined => /^(.+?)(?:_id|Id|ID)$/.exec(column)?.[1]

const nameOfOne = ({ columns, to }: ForeignKey): string => {
  const [only = ''] = columns
  return columns.length === 1 ? withoutId(only) ?? `${only}_${to}` : `${to}_by_${columns.join('_and_')}`
}

const nameOfMany = ({ table, columns }: ForeignKey, isOnly: boolean): string => isOnly ? table : `${table}_by_${columns.join('_and_')}`

/** The relations of a table. What is called after a key gives way to what is called by its column, with underscores. */
const relationsOf = (catalogue: Catalogue, table: Table, isTaken: (name: string) => boolean): ReadonlyMap<string, Relation> => {
  const { from, to } = catalogue.keysOf(table.name)
  const found = new Map<string, Relation>()
  const add = (wanted: string, relation: Omit<Relation, 'name'>): void => {
    const name = free(encodeName(wanted), (one) => isTaken(one) || found.has(one))
    found.set(name, { ...relation, name })
  }
  const pairs = (own: readonly string[], other: readonly string[]): Relation['on'] => own.map((column, at) => [column, other[at] ?? ''] as const)
  for (const key of from) add(nameOfOne(key), { kind: 'one', table: key.to, on: pairs(key.columns, key.toColumns) })
  const counts = new Map<string, number>()
  for (const { table: one } of to) counts.set(one, (counts.get(one) ?? 0) + 1)
  for (const key of to) add(nameOfMany(key, counts.get(key.table) === 1), { kind: 'many', table: key.table, on: pairs(key.toColumns, key.columns) })
  return found
}

export const tableApi = (catalogue: Catalogue, table: Table, byPk: string): TableApi => {
  const columns = new Map(table.columns.map((column) => [encodeName(column.name), column]))
  const relations = relationsOf(catalogue, table, (name) => columns.has(name))
  const fields = new Map<string, RowField>()
  for (const [name, column] of columns) fields.set(name, { kind: 'column', column })
  for (const [name, relation] of relations) fields.set(name, { kind: 'relation', relation })
  for (const [name, relation] of relations) {
    if (relation.kind === 'many') fields.set(free(`${name}_aggregate`, (one) => fields.has(one)), { kind: 'aggregate', relation })
  }
  fields.set(free('_cursor', (one) => fields.has(one)), { kind: 'cursor' })
  const isField = (name: string): boolean => columns.has(name) || relations.has(name)
  const [and, or, not] = ['_and', '_or', '_not'].map((name) => free(name, isField))
  return { table, name: encodeName(table.name), byPk, columns, relations, fields, and: and ?? '', or: or ?? '', not: not ?? '' }
}
