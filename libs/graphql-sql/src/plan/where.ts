import { GraphQLError } from 'graphql'
import type { Column } from '../catalogue.js'
import type { Relation } from '../schema/table-api.js'
import { type Inputs, decided, isInputs } from './inputs.js'
import { type Planning, type Row, cellOf, joined, tableAs } from './scope.js'
import { type Sql, join, raw, sql } from './sql.js'

const always = raw('TRUE')
const never = raw('FALSE')

export const both = (conditions: readonly (Sql | undefined)[]): Sql | undefined => {
  const parts = conditions.filter((each) => each !== undefined)
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : sql`(${join(parts, ' AND ')})`
}

/** A condition of a filter; undefined when the filter says nothing. */
export const condition = (plan: Planning, row: Row, filter: unknown): Sql | undefined => isInputs(filter) ? both(Object.entries(filter).map(([name, value]) => part(plan, row, name, value))) : undefined

const part = (plan: Planning, row: Row, name: string, value: unknown): Sql | undefined => {
  const { api } = row
  const column = api.columns.get(name)
  if (column) return isInputs(value) ? compared(plan, column, cellOf(row, column.name), value) : undefined
  const relation = api.relations.get(name)
  if (relation) return isInputs(value) ? related(plan, row, relation, value) : undefined
  if (name === api.not) {
    const inner = condition(plan, row, value)
    return value === null ? undefined : inner ? sql`(${inner}) IS NOT TRUE` : never
  }
  const parts = (Array.isArray(value) ? value as readonly unknown[] : []).map((each) => condition(plan, row, each))
  if (name === api.and) return both(parts)
  if (value === null) return undefined
  // One that says nothing holds for every row, and so do all of them together: then they say nothing.
  const said = parts.filter((each) => each !== undefined)
  return parts.length === 0 ? never : said.length < parts.length ? undefined : sql`(${join(said, ' OR ')})`
}

const related = (plan: Planning, row: Row, relation: Relation, filter: Inputs): Sql => {
  const { other, tie } = joined(plan, row, relation)
  return sql`EXISTS (SELECT 1 FROM ${tableAs(other)} WHERE ${both([tie, condition(plan, other, filter)]) ?? always})`
}

/** All operators of one column at once. */
export const compared = (plan: Planning, column: Column, cell: Sql, operators: Inputs): Sql | undefined =>
  both(Object.entries(operators).map(([operator, value]) => operation(plan, column, cell, operator.replace(/^_/, ''), value)))

const signs: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

const operation = ({ dialect }: Planning, column: Column, cell: Sql, operator: string, value: unknown): Sql | undefined => {
  const left = dialect.compared(column, cell)
  switch (operator) {
    case 'is_null': {
      const isNull = decided(value)
      return isNull === null ? undefined : isNull === true ? sql`${cell} IS NULL` : sql`${cell} IS NOT NULL`
    }
    // A variable that is null is known to be when this is planned.
    case 'eq': return value === null ? sql`${cell} IS NULL` : sql`${left}=${dialect.bound(column, value)}`
    case 'neq': return dialect.different(left, dialect.bound(column, value))
    case 'like': return dialect.like(left, value)
    case 'ilike': return dialect.likeAnyCase(left, value)
    case 'in': return value === null ? never : dialect.among(column, left, value)
    // Rows without a value are not in the list either, unless the list speaks of them.
    case 'nin': return value === null ? never : sql`(NOT ${dialect.among(column, left, value)} OR ${cell} IS NULL AND NOT ${dialect.holdsNull(value)})`
    default: {
      const sign = signs[operator]
      if (sign === undefined) throw new GraphQLError(`The operator ${operator} is not known.`)
      return sql`${left}${raw(sign)}${dialect.bound(column, value)}`
    }
  }
}
