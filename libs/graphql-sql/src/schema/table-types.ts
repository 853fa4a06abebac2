import {
  GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString,
  type GraphQLFieldConfigArgumentMap, type GraphQLFieldConfigMap, type GraphQLInputFieldConfigMap, type GraphQLNamedType, type GraphQLOutputType,
} from 'graphql'
import type { Column } from '../catalogue.js'
import { free } from '../names.js'
import { LazyInput, LazyObject } from './lazy-types.js'
import { Int, OrderingTerm, comparisonOf, comparisons, oldName, scalarOf } from './scalars.js'
import type { TableApi } from './table-api.js'

/** The types of one table. Each makes its fields when they are asked for, so that tables may lead to each other. */
export interface TableTypes {
  readonly row: GraphQLObjectType
  readonly filter: GraphQLInputObjectType
  readonly orderBy: GraphQLInputObjectType
  readonly column: GraphQLEnumType
  readonly aggregate: GraphQLObjectType
  readonly group: GraphQLObjectType
  readonly having: GraphQLInputObjectType
  readonly insertInput: GraphQLInputObjectType
  readonly setInput: GraphQLInputObjectType
  readonly onConflict: GraphQLInputObjectType
  readonly response: GraphQLObjectType
  readonly byPkResponse: GraphQLObjectType
  readonly all: ReadonlyMap<string, GraphQLNamedType>
}

const list = (type: GraphQLObjectType): GraphQLOutputType => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)))

/** What rows may be asked by: the new names, and AirGQL's old one. */
export const rowArguments = (types: TableTypes): GraphQLFieldConfigArgumentMap => ({
  where: { type: types.filter },
  filter: { type: types.filter, deprecationReason: oldName },
  order_by: { type: new GraphQLList(types.orderBy) },
  limit: { type: Int },
  offset: { type: Int },
  distinct_on: { type: new GraphQLList(new GraphQLNonNull(types.column)) },
  after: { type: GraphQLString, description: 'The _cursor of a row: what follows it in this order.' },
})

export const aggregateArguments = ({ filter }: TableTypes): GraphQLFieldConfigArgumentMap => ({ where: { type: filter }, filter: { type: filter, deprecationReason: oldName } })

export const rowsType = ({ row }: TableTypes): GraphQLOutputType => list(row)

export const columnType = (column: Column): GraphQLOutputType => column.isNotNull ? new GraphQLNonNull(scalarOf[column.form]) : scalarOf[column.form]

const isNumber = ({ form }: Column): boolean => form === 'whole' || form === 'real'

/** GraphQL has three words that no member of an enum may be. */
const notReserved = (key: string, isTaken: (name: string) => boolean): string => /^(?:true|false|null)$/.test(key) ? free(`${key}_`, isTaken) : key

/** `mayRead` decides whether a change answers with rows. */
export const tableTypes = (api: TableApi, typesOf: (table: string) => TableTypes, mayRead: boolean): TableTypes => {
  const { name, columns, relations, fields } = api
  const writable = [...columns].filter(([, { isGenerated }]) => !isGenerated)
  const choices = new Map([...columns].flatMap(([key, column]) => column.options && scalarOf[column.form] === GraphQLString
    ? [[key, comparisonOf(GraphQLString, `${name}_${key}_StringComparison`)] as const] : []))
  const comparison = (key: string, column: Column): GraphQLInputObjectType => choices.get(key) ?? comparisons.get(scalarOf[column.form]) ?? filter

  const row = new LazyObject(`${name}_row`, () => fields.keys(), (key) => {
    const field = fields.get(key)
    if (!field) return undefined
    if (field.kind === 'column') return { type: columnType(field.column) }
    if (field.kind === 'cursor') return { type: new GraphQLNonNull(GraphQLString), description: 'Where the row stands in the order asked for.' }
    const other = typesOf(field.relation.table)
    if (field.kind === 'aggregate') return { type: new GraphQLNonNull(other.aggregate), args: aggregateArguments(other) }
    return field.relation.kind === 'one' ? { type: other.row } : { type: list(other.row), args: rowArguments(other) }
  })
  const filter: GraphQLInputObjectType = new LazyInput(`${name}_filter`, () => [...columns.keys(), ...relations.keys(), api.and, api.or, api.not], (key) => {
    const [known, relation] = [columns.get(key), relations.get(key)]
    if (known) return { type: comparison(key, known) }
    if (relation) return { type: typesOf(relation.table).filter }
    if (key === api.not) return { type: filter }
    return key === api.and || key === api.or ? { type: new GraphQLList(new GraphQLNonNull(filter)) } : undefined
  })
  const orderBy: GraphQLInputObjectType = new GraphQLInputObjectType({ name: `${name}_order_by`, fields: () => Object.fromEntries([
    ...[...columns.keys()].map((key) => [key, { type: OrderingTerm }] as const),
    ...[...relations].filter(([, { kind }]) => kind === 'one').map(([key, { table }]) => [key, { type: typesOf(table).orderBy }] as const),
  ]) })
  const column = new GraphQLEnumType({ name: `${name}_column`, values: Object.fromEntries([...columns.keys()].map((key) =>
    [notReserved(key, (one) => columns.has(one)), { value: key }])) })
  const values = (type: string, of: (column: Column) => boolean, as: (column: Column) => GraphQLOutputType): GraphQLObjectType | undefined => {
    const shown = [...columns].filter(([, each]) => of(each))
    return shown.length === 0 ? undefined : new GraphQLObjectType({ name: type, fields: () => Object.fromEntries(shown.map(([key, each]) => [key, { type: as(each) }])) })
  }
  const numbers = values(`${name}_numbers`, isNumber, () => GraphQLFloat)
  const extremes = values(`${name}_values`, ({ form }) => form !== 'file' && form !== 'json', ({ form }) => scalarOf[form])
  const totals = (): GraphQLFieldConfigMap<unknown, unknown> => ({
    count: { type: new GraphQLNonNull(Int), args: { column: { type: column, description: 'Counts the rows that have a value there.' }, distinct: { type: GraphQLBoolean } } },
    ...(numbers && { sum: { type: numbers }, avg: { type: numbers } }),
    ...(extremes && { min: { type: extremes }, max: { type: extremes } }),
  })
  const aggregate = new GraphQLObjectType({ name: `${name}_aggregate`, fields: totals })
  const group = new GraphQLObjectType({ name: `${name}_group`, fields: () => ({ key: { type: extremes ?? row }, ...totals() }) })
  const numbersHaving = numbers && new GraphQLInputObjectType({ name: `${name}_numbers_having`, fields: () =>
    Object.fromEntries([...columns].filter(([, each]) => isNumber(each)).map(([key]) => [key, { type: comparisons.get(GraphQLFloat) ?? filter }])) })
  const having = new GraphQLInputObjectType({ name: `${name}_having`, fields: () => ({
    count: { type: comparisons.get(Int) ?? filter },
    ...(numbersHaving && { sum: { type: numbersHaving }, avg: { type: numbersHaving }, min: { type: numbersHaving }, max: { type: numbersHaving } }),
  }) })
  const insertInput = new GraphQLInputObjectType({ name: `${name}_insert_input`, fields: (): GraphQLInputFieldConfigMap => Object.fromEntries(writable.map(([key, each]) =>
    [key, { type: each.isOmittable ? scalarOf[each.form] : new GraphQLNonNull(scalarOf[each.form]) }])) })
  const setInput = new GraphQLInputObjectType({ name: `${name}_set_input`, fields: () => Object.fromEntries(writable.map(([key, { form }]) => [key, { type: scalarOf[form] }])) })
  const someColumns = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(column)))
  const onConflict = new GraphQLInputObjectType({ name: `${name}_upsert_on_conflict`, fields: () => ({
    constraint: { type: someColumns }, update_columns: { type: someColumns }, where: { type: filter },
  }) })
  const affected = { affected_rows: { type: new GraphQLNonNull(Int) } }
  const response = new GraphQLObjectType({ name: `${name}_mutation_response`, fields: () => ({ ...affected, ...(mayRead && { returning: { type: list(row) } }) }) })
  const byPkResponse = new GraphQLObjectType({ name: `${name}_mutation_by_pk_response`, fields: () => ({ ...affected, ...(mayRead && { returning: { type: row } }) }) })
  const common = [row, filter, orderBy, column, aggregate, group, having, numbers, extremes, numbersHaving, ...choices.values()]
  const changing = api.table.isView ? [] : [insertInput, setInput, onConflict, response, byPkResponse]
  const all = new Map([...common, ...changing].flatMap((type) => type ? [[type.name, type] as const] : []))
  return { row, filter, orderBy, column, aggregate, group, having, insertInput, setInput, onConflict, response, byPkResponse, all }
}
