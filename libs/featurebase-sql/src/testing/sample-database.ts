import type { Column, SqlCatalogue, TableEntry, ViewEntry } from '../catalogue.js'
import { checkSql } from '../check/check.js'
import { SqlError } from '../error.js'
import { parseSql } from '../parse/parse.js'
import type { TypedExpression, TypedQuery, TypedSelect } from '../typed.js'
import { decimalOf, printType, simple } from '../types.js'

const column = (name: string, type: Column['type']): Column => ({ name, type })
const table = (name: string, ...columns: readonly Column[]): TableEntry => ({ kind: 'table', name, columns })
const view = (name: string, text: string): ViewEntry => ({ kind: 'view', name, text })

/** Two tables, one with columns of all types, and views of which one is right. */
const entries: readonly (TableEntry | ViewEntry)[] = [
  table('t', column('_id', simple('id')), column('i', simple('int')), column('d', decimalOf(2)), column('s', simple('string')), column('b', simple('bool')),
    column('ts', simple('timestamp')), column('x', simple('id')), column('ids', simple('idset')), column('ss', simple('stringset')),
    column('q', simple('stringsetq'))),
  table('u', column('_id', simple('string')), column('n', simple('int')), column('t_id', simple('id'))),
  { kind: 'system table', name: 'fb_views', columns: [column('_id', simple('string')), column('statement', simple('string'))] },
  view('v', 'select i as k, count(*) as c from t group by i'), view('round', 'select * from round'), view('wrong', 'select missing from t'),
]

export const sampleDatabase: SqlCatalogue = { find: (name) => entries.find((entry) => entry.name === name) }

export const checkedQuery = (text: string): { readonly query: TypedQuery; readonly warnings: readonly string[] } => {
  const [statement] = parseSql(text)
  if (!statement) throw new Error(`${text} is no statement`)
  const typed = checkSql(statement, sampleDatabase)
  if (typed.kind !== 'query') throw new Error(`${text} is no query`)
  return typed
}

export const checkedSelect = (text: string): TypedSelect => {
  const { query } = checkedQuery(text)
  if (query.kind !== 'select') throw new Error(`${text} is a union`)
  return query
}

export const firstOf = (text: string): TypedExpression | undefined => checkedSelect(text).expressions[0]
export const whereOf = (text: string): TypedExpression | undefined => checkedSelect(`select _id from t where ${text}`).where

/** The answer's columns, each as its name and its type. */
export const fieldsOf = (text: string): readonly string[] => checkedQuery(text).query.columns.map(({ name, type }) => `${name} ${printType(type)}`)

export const refusalOf = (text: string): string => {
  try {
    return `no refusal: ${fieldsOf(text).join()}`
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw error
  }
}
