import { GraphQLError } from 'graphql'
import type { ObjectShape, Shape } from '../answer/shape.js'
import { extremes, numbers, totalsJson } from './aggregate.js'
import { type Inputs, decided, isInputs } from './inputs.js'
import { orderOf, orderSql } from './order.js'
import { pageSql } from './page.js'
import { objectJson } from './rows.js'
import { type Planning, type Row, cellOf, tableAs } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, join, literal, raw, sql } from './sql.js'
import { both, compared, condition } from './where.js'

const real = { name: '', form: 'real', isNotNull: false, mayHoldNull: true, isOmittable: true, isGenerated: false, isComputed: true } as const
const leaf: Shape = { kind: 'leaf' }

/** Rows together that have the same values in some columns: one object for each such group. */
export const groupsSql = (plan: Planning, row: Row, selected: Selected, inputs: Inputs): { readonly rows: Sql; readonly shape: ObjectShape } => {
  const by = decided(inputs['by']) as readonly string[]
  if (by.length === 0) throw new GraphQLError('Groups need a column to go by: name one in "by".', { nodes: selected.nodes })
  const isBy = (name: string): boolean => by.includes(name)
  const { json, shape } = totalsJson(plan, row, selected, `${row.api.name}_group`, (field) => ({ ...keyJson(plan, row, field, isBy), isNotNull: false }))
  const where = condition(plan, row, inputs['where'] ?? inputs['filter'])
  const having = havingSql(plan, row, inputs['having'])
  const given = inputs['order_by']
  const keys = by.map((name) => cellOf(row, row.api.columns.get(name)?.name ?? name))
  const order = given == null ? keys.map((value) => ({ value, isDescending: false, mayBeMissing: true })) : orderOf(plan, row, given)
  return {
    rows: sql`SELECT ${json} AS o FROM ${tableAs(row)}${where ? sql` WHERE ${where}` : raw('')} GROUP BY ${join(keys, ',')}${having ? sql` HAVING ${having}` : raw('')}${orderSql(plan, order)}${pageSql(plan, inputs)}`,
    shape,
  }
}

const keyJson = (plan: Planning, row: Row, field: Selected, isBy: (name: string) => boolean): { readonly json: Sql; readonly shape: ObjectShape } => {
  if (field.name !== 'key') throw new GraphQLError(`The field ${field.name} is not known.`, { nodes: field.nodes })
  const made = selectedFields(within(field), plan.fragments, plan.variables).map((each) => {
    if (each.name === '__typename') return { each, json: literal(`"${row.api.name}_values"`) }
    const column = row.api.columns.get(each.name)
    if (!column || !isBy(each.name)) throw new GraphQLError(`The groups do not go by ${each.name}: name it in "by".`, { nodes: each.nodes })
    const cell = cellOf(row, column.name)
    return { each, json: each.asText ? plan.dialect.exact(cell) : plan.dialect.cell({ ...column, isNotNull: false }, cell, { table: row.api.table.name, rowid: undefined }) }
  })
  return {
    json: objectJson(plan, made.map(({ each, json }) => [each.key, json])),
    shape: { kind: 'object', fields: new Map(made.map(({ each }) => [each.key, { shape: leaf, isNotNull: false, node: each.nodes[0] }])) },
  }
}

const havingSql = (plan: Planning, row: Row, having: unknown): Sql | undefined => both(Object.entries(isInputs(having) ? having : {}).flatMap(([name, value]) => {
  if (!isInputs(value)) return []
  if (name === 'count') return [compared(plan, { ...real, form: 'whole' }, raw('count(*)'), value)]
  const make = numbers[name] ?? extremes[name]
  return Object.entries(value).map(([key, operators]) => {
    const column = row.api.columns.get(key)
    return make && column && isInputs(operators) ? compared(plan, real, make(cellOf(row, column.name)), operators) : undefined
  })
}))
