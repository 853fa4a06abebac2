import { GraphQLError, type GraphQLField } from 'graphql'
import type { Shape, ObjectShape } from '../answer/shape.js'
import { tableAggregate } from './aggregate.js'
import { type Inputs, decided, readArguments } from './inputs.js'
import { type OrderKey, behind, orderOf, orderSql, withKey } from './order.js'
import { mostRows, pageSql } from './page.js'
import { type Planning, type Row, cellOf, joined, rowidOf, tableAs } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, join, literal, nothing, quoted, sql } from './sql.js'
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
export const rowsSql = (plan: Planning, table: Row, selected: Selected, inputs: Inputs, tie?: Sql): { readonly rows: Sql; readonly shape: ObjectShape } => {
  const asked = selectedFields(within(selected), plan.fragments, plan.variables)
  const isPaged = inputs['after'] != null || asked.some(({ name }) => table.api.fields.get(name)?.kind === 'cursor')
  const distinct = (decided(inputs['distinct_on']) ?? []) as readonly string[]
  const row = distinct.length > 0 ? { ...table, renamed: numbered(table) } : table
  const orderFor = (each: Row): readonly OrderKey[] => isPaged ? withKey(each, orderOf(plan, each, inputs['order_by'])) : orderOf(plan, each, inputs['order_by'])
  const order = orderFor(row)
  const { json, shape } = rowJson(plan, row, asked, order)
  const where = both([tie, condition(plan, table, inputs['where'] ?? inputs['filter'])])
  const after = inputs['after'] == null ? undefined : behind(plan, order, inputs['after'])
  const source = row === table ? { from: tableAs(table), where: both([where, after]) }
    : { from: firstOfEach(plan, table, row, distinct, orderFor(table), where), where: both([sql`${row.alias}."first"=1`, after]) }
  return { rows: sql`SELECT ${json} AS o FROM ${source.from}${source.where ? sql` WHERE ${source.where}` : nothing}${orderSql(plan, order)}${pageSql(plan, inputs)}`, shape }
}

/** Names for the columns of a select. Their own would not do: SQLite gives a column of a select another name when it is called true. */
const numbered = ({ api: { table: { columns } } }: Row): (column: string) => string => {
  const numbers = new Map(columns.map(({ name }, at) => [name, `c${at}`]))
  return (column) => numbers.get(column) ?? column
}

/** The rows of which each is the first of those with the same values in `columns`. */
const firstOfEach = (plan: Planning, table: Row, row: Row, columns: readonly string[], order: readonly OrderKey[], where: Sql | undefined): Sql => {
  const { api: { columns: known, table: { columns: all } }, alias } = table
  const cells = columns.map((name) => cellOf(table, known.get(name)?.name ?? name))
  const names = all.map(({ name }) => sql`${cellOf(table, name)} AS ${quoted(row.renamed?.(name) ?? name)}`)
  return sql`(SELECT ${join(names, ',')},row_number() OVER (PARTITION BY ${join(cells, ',')}${orderSql(plan, order)}) AS "first" FROM ${tableAs(table)}${where ? sql` WHERE ${where}` : nothing}) AS ${alias}`
}
