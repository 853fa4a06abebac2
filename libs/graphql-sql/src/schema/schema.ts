import {
  GraphQLError, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, introspectionTypes,
  type GraphQLNamedType,
} from 'graphql'
import type { Catalogue } from '../catalogue.js'
import { free } from '../names.js'
import { lazyRecord } from './lazy-record.js'
import { type Field, LazyObject } from './lazy-types.js'
import { type ApiAccess, type ChangeKind, type ReadKind, type Root, type Roots, rootsOf } from './roots.js'
import { Int, directives, oldName, scalarOf, staticTypes } from './scalars.js'
import { type TableApi, tableApi } from './table-api.js'
import { type TableTypes, aggregateArguments, rowArguments, rowsType, tableTypes } from './table-types.js'

/** Describing every table takes a child's memory and tens of megabytes of answer: past so many nobody can use it, either. */
const mostDescribed = 1_000

/** The argument of a change by key that says what to set: its name gives way to a column of the key. */
export const setArgument = ({ table, columns }: TableApi, wanted: '_set' | 'set'): string =>
  free(wanted, (name) => {
    const column = columns.get(name)
    return column !== undefined && table.key.includes(column.name)
  })

/** The schema of one database, made piece by piece as documents speak of it. */
export class TenantSchema extends GraphQLSchema {
  readonly roots: Roots
  private readonly apis = new Map<string, TableApi>()
  private readonly types = new Map<string, TableTypes>()
  private readonly statics = new Map<string, GraphQLNamedType>()
  private readonly query: GraphQLObjectType
  private readonly mutation: GraphQLObjectType | undefined
  private readonly lazyTypes: Record<string, GraphQLNamedType>

  constructor(private readonly catalogue: Catalogue, private readonly access: ApiAccess) {
    super({ assumeValid: true, directives })
    this.roots = rootsOf(catalogue, access)
    const { query, mutation } = this.roots
    this.query = query.size === 0
      ? new GraphQLObjectType({ name: 'Query', fields: { no_tables: { type: GraphQLString, description: 'Stands here until there is a table: GraphQL knows no type without fields.' } } })
      : new LazyObject('Query', () => this.described(query.keys()), (name) => mapped(query.get(name), (root) => this.isThere(root) ? this.readField(root) : undefined))
    this.mutation = mutation.size === 0 ? undefined : new LazyObject('Mutation', () => this.described(mutation.keys()), (name) => mapped(mutation.get(name), (root) => this.isThere(root) ? this.changeField(root) : undefined))
    for (const type of [this.query, ...(this.mutation ? [this.mutation] : []), ...staticTypes, ...introspectionTypes]) this.statics.set(type.name, type)
    this.lazyTypes = lazyRecord(() => this.described(this.typeNames()), (name) => this.statics.get(name) ?? this.typeOfTable(name))
  }

  override getQueryType(): GraphQLObjectType {
    return this.query
  }

  override getMutationType(): GraphQLObjectType | undefined {
    return this.mutation
  }

  override getTypeMap(): Record<string, GraphQLNamedType> {
    return this.lazyTypes
  }

  /** A table as the schema sees it, by its own name. */
  api(table: string): TableApi {
    const known = this.apis.get(table)
    if (known) return known
    const found = this.catalogue.table(table)
    if (!found) throw new GraphQLError(`The table ${table} cannot be read.`)
    const api = tableApi(this.catalogue, found, this.roots.byPkOf(table))
    this.apis.set(table, api)
    return api
  }

  typesOf(table: string): TableTypes {
    const known = this.types.get(table)
    if (known) return known
    const types = tableTypes(this.api(table), (other) => this.typesOf(other), this.access.startsWith('read'))
    this.types.set(table, types)
    return types
  }

  /** The same schema with nothing made of it yet: what is made to describe all of it can be let go with it. */
  fresh(): TenantSchema {
    return new TenantSchema(this.catalogue, this.access)
  }

  private described<T>(names: T): T {
    const { length } = this.catalogue.names
    if (length > mostDescribed) throw new GraphQLError(`The database has ${length} tables, and only ${mostDescribed} are described at once: ask for one by __type(name: "…_row").`)
    return names
  }

  private* typeNames(): Iterable<string> {
    yield* this.statics.keys()
    for (const table of this.catalogue.names) if (this.catalogue.table(table)) yield* this.typesOf(table).all.keys()
  }

  /** Every type of a table begins with its name and an underscore; of which, only looking can tell. */
  private typeOfTable(name: string): GraphQLNamedType | undefined {
    for (let at = name.indexOf('_', 1); at !== -1; at = name.indexOf('_', at + 1)) {
      const table = this.roots.tables.get(name.slice(0, at))
      const type = table === undefined || !this.catalogue.table(table) ? undefined : this.typesOf(table).all.get(name)
      if (type) return type
    }
    return undefined
  }

  /** What is by key is not there for a table without one. */
  private isThere({ kind, table: name }: Root<ReadKind | ChangeKind>): boolean {
    const table = this.catalogue.table(name)
    return table !== undefined && (!kind.endsWith('by pk') || table.key.length > 0)
  }

  private readField({ kind, table }: Root<ReadKind>): Field {
    const types = this.typesOf(table)
    switch (kind) {
      case 'rows': return { type: rowsType(types), args: rowArguments(types) }
      case 'by pk': return { type: types.row, args: this.keyArguments(table) }
      case 'aggregate': return { type: new GraphQLNonNull(types.aggregate), args: aggregateArguments(types) }
      case 'groups': return {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.group))),
        args: {
          by: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.column))) },
          ...aggregateArguments(types), having: { type: types.having }, order_by: { type: new GraphQLList(types.orderBy) }, limit: { type: Int }, offset: { type: Int },
        },
      }
    }
  }

  private changeField({ kind, table }: Root<ChangeKind>): Field {
    const types = this.typesOf(table)
    const where = aggregateArguments(types)
    switch (kind) {
      case 'insert': return {
        type: new GraphQLNonNull(types.response),
        args: {
          objects: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.insertInput))) },
          on_conflict: { type: new GraphQLList(new GraphQLNonNull(types.onConflict)) },
        },
      }
      case 'update': return { type: new GraphQLNonNull(types.response), args: { _set: { type: types.setInput }, set: { type: types.setInput, deprecationReason: oldName }, ...where } }
      case 'delete': return { type: new GraphQLNonNull(types.response), args: where }
      case 'delete by pk': return { type: new GraphQLNonNull(types.byPkResponse), args: this.keyArguments(table) }
      case 'update by pk': {
        const api = this.api(table)
        return { type: new GraphQLNonNull(types.byPkResponse), args: {
          ...this.keyArguments(table), [setArgument(api, '_set')]: { type: types.setInput }, [setArgument(api, 'set')]: { type: types.setInput, deprecationReason: oldName },
        } }
      }
    }
  }

  private keyArguments(table: string): NonNullable<Field['args']> {
    const { columns, table: { key } } = this.api(table)
    return Object.fromEntries([...columns].filter(([, { name }]) => key.includes(name)).map(([name, { form }]) => [name, { type: new GraphQLNonNull(scalarOf[form]) }]))
  }
}

const mapped = <T, R>(value: T | undefined, map: (value: T) => R): R | undefined => value === undefined ? undefined : map(value)
