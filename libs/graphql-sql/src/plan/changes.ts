import { GraphQLError } from 'graphql'
import type { ObjectShape } from '../answer/shape.js'
import { setArgument } from '../schema/schema.js'
import type { ChangeKind } from '../schema/roots.js'
import type { TableApi } from '../schema/table-api.js'
import { type Inputs, decided, isInputs } from './inputs.js'
import { rowJson } from './rows.js'
import { type Planning, type Row, cellOf } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, join, nothing, quoted, raw, sql } from './sql.js'
import { both, condition } from './where.js'

/** Statements that change rows of one table, one after the other, and what each changed row is shown as. */
export interface Change {
  readonly statements: readonly Sql[]
  /** What of the answer is asked for, in its order. */
  readonly asked: readonly Selected[]
  readonly shape: ObjectShape | undefined
}

const returned = (plan: Planning, row: Row, selected: Selected): { readonly asked: readonly Selected[]; readonly returning: Sql; readonly shape: ObjectShape | undefined } => {
  const asked = selectedFields(within(selected), plan.fragments, plan.variables)
  const rows = asked.filter(({ name }) => name === 'returning')
  if (rows.length === 0) return { asked, returning: nothing, shape: undefined }
  if (rows.length > 1) throw new GraphQLError('A change answers with its rows once: ask for "returning" under one name.', { nodes: rows.flatMap(({ nodes }) => nodes) })
  const { json, shape } = rowJson(plan, row, rows.flatMap((each) => selectedFields(within(each), plan.fragments, plan.variables)), [])
  return { asked, returning: sql` RETURNING ${json}`, shape }
}

export const changeOf = (plan: Planning, kind: ChangeKind, api: TableApi, selected: Selected, inputs: Inputs): Change => {
  // What RETURNING names are the table's own columns: no other name for the table is known there.
  const row: Row = { api, alias: quoted(api.table.name) }
  const { asked, returning, shape } = returned(plan, row, selected)
  const made = (statements: readonly Sql[]): Change => ({ statements, asked, shape })
  switch (kind) {
    case 'insert': return made(insertSql(plan, row, inputs, returning))
    case 'update': return made(updateSql(plan, row, inputs['_set'] ?? inputs['set'], whereOf(plan, row, inputs, true), returning))
    case 'delete': return made([sql`DELETE FROM ${row.alias}${where(whereOf(plan, row, inputs, false))}${returning}`])
    case 'update by pk': return made(updateSql(plan, row, inputs[setArgument(api, '_set')] ?? inputs[setArgument(api, 'set')], keySql(plan, row, inputs), returning))
    case 'delete by pk': return made([sql`DELETE FROM ${row.alias}${where(keySql(plan, row, inputs))}${returning}`])
  }
}

const where = (condition: Sql | undefined): Sql => condition ? sql` WHERE ${condition}` : nothing

/** The row that the arguments name. A table without a key has no fields that ask for it, and no row is meant then. */
export const keySql = (plan: Planning, row: Row, inputs: Inputs): Sql => both([...row.api.columns].flatMap(([name, column]) =>
  row.api.table.key.includes(column.name) ? [sql`${cellOf(row, column.name)}=${plan.dialect.bound(column, inputs[name])}`] : [])) ?? raw('FALSE')

/** What a change is held to. One that says nothing would change every row, which nobody is taken to mean. */
const whereOf = (plan: Planning, row: Row, inputs: Inputs, isUpdate: boolean): Sql | undefined => {
  const given = inputs['where'] ?? inputs['filter']
  if (given === undefined || given === null) throw new GraphQLError('Argument where not found')
  const found = condition(plan, row, given)
  if (!found) throw new GraphQLError(`Error: Filter must not be empty. To ${isUpdate ? 'change' : 'delete'} every row, write a filter that holds for each.`)
  return found
}

const updateSql = (plan: Planning, row: Row, set: unknown, found: Sql | undefined, returning: Sql): readonly Sql[] => {
  if (!isInputs(set)) throw new GraphQLError('Argument _set not found')
  const changes = Object.entries(set).flatMap(([name, value]) => {
    const column = row.api.columns.get(name)
    return column ? [sql`${quoted(column.name)}=${plan.dialect.bound(column, value)}`] : []
  })
  return changes.length === 0 ? [] : [sql`UPDATE ${row.alias} SET ${join(changes, ',')}${where(found)}${returning}`]
}

const insertSql = (plan: Planning, row: Row, inputs: Inputs, returning: Sql): readonly Sql[] => {
  const objects = (decided(inputs['objects']) as readonly Inputs[])
  const named = new Set(objects.flatMap((each) => Object.keys(each)))
  const clauses = (decided(inputs['on_conflict']) ?? []) as readonly Inputs[]
  const conflict = join(clauses.map((clause) => conflictSql(plan, row, clause, named)), '')
  return objects.map((object) => {
    const columns = Object.entries(object).flatMap(([name, value]) => {
      const column = row.api.columns.get(name)
      return column ? [[quoted(column.name), plan.dialect.bound(column, value)] as const] : []
    })
    if (columns.length === 0) return sql`INSERT INTO ${row.alias} DEFAULT VALUES${returning}`
    return sql`INSERT INTO ${row.alias} (${join(columns.map(([name]) => name), ',')}) VALUES (${join(columns.map(([, value]) => value), ',')})${conflict}${returning}`
  })
}

const conflictSql = (plan: Planning, row: Row, { constraint, update_columns: updated, where: only }: Inputs, named: ReadonlySet<string>): Sql => {
  const nameOf = (name: unknown): Sql => quoted(row.api.columns.get(String(name))?.name ?? String(name))
  const columns = constraint as readonly string[]
  const target = columns.length === 0 ? raw(' ON CONFLICT') : sql` ON CONFLICT(${join(columns.map(nameOf), ',')})`
  const changes = updated as readonly string[]
  if (changes.length === 0) return sql`${target} DO NOTHING`
  const missing = changes.find((name) => !named.has(name))
  if (missing !== undefined) throw new GraphQLError(`Column ${missing} cannot be set on conflicts without being explicitly provided`)
  return sql`${target} DO UPDATE SET ${join(changes.map((name) => sql`${nameOf(name)}=excluded.${nameOf(name)}`), ',')}${where(condition(plan, row, only))}`
}
