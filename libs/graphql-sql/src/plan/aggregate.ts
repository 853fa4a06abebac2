import { GraphQLError } from 'graphql'
import type { Column } from '../catalogue.js'
import type { ObjectShape, Shape } from '../answer/shape.js'
import { decided, readArguments } from './inputs.js'
import { objectJson } from './rows.js'
import { type Planning, type Row, cellOf, tableAs } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, literal, raw, sql } from './sql.js'

const leaf: Shape = { kind: 'leaf' }

interface Total {
  readonly json: Sql
  readonly shape: Shape
  readonly isNotNull: boolean
}

const objectOf = (plan: Planning, selected: readonly Selected[], make: (field: Selected) => Total): { readonly json: Sql; readonly shape: ObjectShape } => {
  const made = selected.map((field) => ({ field, ...make(field) }))
  return {
    json: objectJson(plan, made.map(({ field, json }) => [field.key, json])),
    shape: { kind: 'object', fields: new Map(made.map(({ field, shape, isNotNull }) => [field.key, { shape, isNotNull, node: field.nodes[0] }])) },
  }
}

const countOf = (plan: Planning, row: Row, { nodes: [node] }: Selected): Sql => {
  const field = plan.schema.typesOf(row.api.table.name).aggregate.getFields()['count']
  const { column: name, distinct } = readArguments(field?.args ?? [], node, plan.variables)
  const column = row.api.columns.get(String(decided(name)))
  if (!column) return plan.dialect.number(raw('count(*)'))
  return plan.dialect.number(decided(distinct) === true ? sql`count(DISTINCT ${cellOf(row, column.name)})` : sql`count(${cellOf(row, column.name)})`)
}

const columnOf = (row: Row, { name, nodes }: Selected): Column => {
  const column = row.api.columns.get(name)
  if (!column) throw new GraphQLError(`The field ${name} is not known.`, { nodes })
  return column
}

export const numbers: Readonly<Record<string, (cell: Sql) => Sql>> = { sum: (cell) => sql`sum(${cell})`, avg: (cell) => sql`avg(${cell})` }
export const extremes: Readonly<Record<string, (cell: Sql) => Sql>> = { min: (cell) => sql`min(${cell})`, max: (cell) => sql`max(${cell})` }

/** What is counted and added up, as a JSON object; `typeName` is the type's, `key` makes what else its object has. */
export const totalsJson = (plan: Planning, row: Row, selected: Selected, typeName: string, key?: (field: Selected) => Total): { readonly json: Sql; readonly shape: ObjectShape } => {
  const { api: { name: table, table: { name } }, alias } = row
  const valuesOf = (field: Selected, type: string, make: (column: Column, cell: Sql, asText: boolean) => Sql): Total => ({
    ...objectOf(plan, selectedFields(within(field), plan.fragments, plan.variables), (each) => {
      if (each.name === '__typename') return { json: literal(`"${table}_${type}"`), shape: leaf, isNotNull: true }
      const column = columnOf(row, each)
      return { json: make(column, cellOf({ api: row.api, alias }, column.name), each.asText), shape: leaf, isNotNull: false }
    }), isNotNull: false,
  })
  return objectOf(plan, selectedFields(within(selected), plan.fragments, plan.variables), (field) => {
    if (field.name === '__typename') return { json: literal(`"${typeName}"`), shape: leaf, isNotNull: true }
    if (field.name === 'count') return { json: countOf(plan, row, field), shape: leaf, isNotNull: true }
    const [number, extreme] = [numbers[field.name], extremes[field.name]]
    if (number) return valuesOf(field, 'numbers', (_, cell, asText) => asText ? plan.dialect.exact(number(cell)) : plan.dialect.number(number(cell)))
    if (extreme) {
      return valuesOf(field, 'values', (column, cell, asText) => asText ? plan.dialect.exact(extreme(cell))
        : plan.dialect.cell({ ...column, isNotNull: false }, extreme(cell), { table: name, rowid: undefined }))
    }
    if (key) return key(field)
    throw new GraphQLError(`The field ${field.name} is not known.`, { nodes: field.nodes })
  })
}

/** One object for all rows that a condition leaves. */
export const tableAggregate = (plan: Planning, row: Row, selected: Selected, where: Sql | undefined): { readonly json: Sql; readonly shape: ObjectShape } => {
  const { json, shape } = totalsJson(plan, row, selected, `${row.api.name}_aggregate`)
  return { json: sql`(SELECT ${json} FROM ${tableAs(row)}${where ? sql` WHERE ${where}` : raw('')})`, shape }
}
