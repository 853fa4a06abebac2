import { GraphQLError, type GraphQLField } from 'graphql'
import type { Shape, ObjectShape } from '../answer/shape.js'
import { tableAggregate } from './aggregate.js'
import { type Inputs, decided, readArguments } from './inputs.js'
import { type OrderKey, behind, orderOf, orderSql, withKey } from './order.js'
import { mostRows, pageSql } from './page.js'
import { type Planning, type Row, cellOf, joined, rowidOf, tableAs } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, join, literal, quoted, raw, sql } from './sql.js'
import { both, condition } from './where.js'

/** JSON text that a statement makes, and what it looks like: whoever finds a mark in it must know where he is. */
export interface Made {
  readonly json: Sql
  readonly shape: Shape
}

/** Pieces of an object: names and braces as they are, values as SQL. */
export const objectJson = (plan: Planning, fields: readonly (readonly [key: string, json: Sql])[]): Sql => {
  if (fields.length === 0) return literal('{}')
  const parts = fields.flatMap(([key, json], at) => [literal(`${at === 0 ? '{' : ','}"${key}":`), json])
  return plan.dialect.concat([...parts, literal('}')])
}

interface MadeField extends Made {
  readonly isNotNull: boolean
}

/** A row as a JSON object of what is asked for. `order` is that of the rows around it, for a cursor. */
export const rowJson = (plan: Planning, row: Row, selected: readonly Selected[], order: readonly OrderKey[]): { readonly json: Sql; readonly shape: ObjectShape } => {
  const made = selected.map((field) => ({ field, ...fieldJson(plan, row, field, order) }))
  return {
    json: objectJson(plan, made.map(({ field, json }) => [field.key, json])),
    shape: { kind: 'object', fields: new Map(made.map(({ field, shape, isNotNull }) => [field.key, { shape, isNotNull, node: field.nodes[0] }])) },
  }
}

const leaf: Shape = { kind: 'leaf' }

const fieldJson = (plan: Planning, row: Row, selected: Selected, order: readonly OrderKey[]): MadeField => {
  const { api } = row
  if (selected.name === '__typename') return { json: literal(`"${api.name}_row"`), shape: leaf, isNotNull: true }
  const field = api.fields.get(selected.name)
  switch (field?.kind) {
    case undefined: throw new GraphQLError(`The field ${selected.name} is not known.`, { nodes: selected.nodes })
    case 'column': {
      const cell = cellOf(row, field.column.name)
      const json = selected.asText ? plan.dialect.exact(cell) : plan.dialect.cell(field.column, cell, { table: api.table.name, rowid: rowidOf(row) })
      return { json, shape: leaf, isNotNull: field.column.isNotNull }
    }
    case 'cursor': return { json: plan.dialect.cursor(withKey(row, order).map(({ value }) => value)), shape: leaf, isNotNull: true }
    case 'aggregate': {
      const { other, tie } = joined(plan, row, field.relation)
      const { where, filter } = argumentsOf(plan, row, selected)
      return { ...tableAggregate(plan, other, selected, both([tie, condition(plan, other, where ?? filter)])), isNotNull: true }
    }
    case 'relation': {
      const { other, tie } = joined(plan, row, field.relation)
      if (field.relation.kind === 'one') {
        const { json, shape } = rowJson(plan, other, selectedFields(within(selected), plan.fragments, plan.variables), [])
        return { json: sql`coalesce((SELECT ${json} FROM ${tableAs(other)} WHERE ${tie} LIMIT 1),'null')`, shape, isNotNull: false }
      }
      const { rows, shape } = rowsSql(plan, other, selected, argumentsOf(plan, row, selected), tie)
      return { json: plan.dialect.array(rows, mostRows), shape: { kind: 'list', of: shape }, isNotNull: true }
    }
  }
}

const argumentsOf = ({ schema, variables }: Planning, { api }: Row, { name, nodes: [node] }: Selected): Inputs => {
  const field: GraphQLField<unknown, unknown> | undefined = schema.typesOf(api.table.name).row.getFields()[name]
  return readArguments(field?.args ?? [], node, variables)
}

/** The rows of a table that a field asks for, as a select with the one column `o`. */
export const rowsSql = (plan: Planning, row: Row, selected: Selected, inputs: Inputs, tie?: Sql): { readonly rows: Sql; readonly shape: ObjectShape } => {
  const asked = selectedFields(within(selected), plan.fragments, plan.variables)
  const isPaged = inputs['after'] != null || asked.some(({ name }) => row.api.fields.get(name)?.kind === 'cursor')
  const given = orderOf(plan, row, inputs['order_by'])
  const order = isPaged ? withKey(row, given) : given
  const { json, shape } = rowJson(plan, row, asked, order)
  const where = both([tie, condition(plan, row, inputs['where'] ?? inputs['filter'])])
  const after = inputs['after'] == null ? undefined : behind(plan, order, inputs['after'])
  const distinct = inputs['distinct_on']
  const source = Array.isArray(decided(distinct)) && (distinct as readonly unknown[]).length > 0
    ? { from: firstOfEach(row, distinct as readonly string[], order, where), where: both([sql`${row.alias}."0n"=1`, after]) }
    : { from: tableAs(row), where: both([where, after]) }
  return { rows: sql`SELECT ${json} AS o FROM ${source.from}${source.where ? sql` WHERE ${source.where}` : raw('')}${orderSql(order)}${pageSql(plan, inputs)}`, shape }
}

/** The rows of which each is the first of those with the same values in `columns`. */
const firstOfEach = (row: Row, columns: readonly string[], order: readonly OrderKey[], where: Sql | undefined): Sql => {
  const { api, alias } = row
  const cells = columns.map((name) => cellOf(row, api.columns.get(name)?.name ?? name))
  const names = api.table.columns.map(({ name }) => sql`${cellOf(row, name)} AS ${quoted(name)}`)
  return sql`(SELECT ${join(names, ',')},row_number() OVER (PARTITION BY ${join(cells, ',')}${orderSql(order)}) AS "0n" FROM ${tableAs(row)}${where ? sql` WHERE ${where}` : raw('')}) AS ${alias}`
}
