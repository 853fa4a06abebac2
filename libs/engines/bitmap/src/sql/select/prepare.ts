import type { TypedColumn, TypedQuery } from '@tenantry/featurebase-sql'
import type { Space, SqlSide } from '../../space.js'
import { fieldsJson } from '../answer.js'
import type { Bind } from './binds.js'
import { Builder } from './builder.js'
import { expressionOf } from './expressions.js'
import { type Fragment, limitError, longestStatement } from './fragment.js'
import { queryOf } from './query.js'

export interface PrepareOptions {
  /** The number of a table source of which only some records are asked: they are given when it is run, and the query's own condition holds besides. */
  readonly only?: number | undefined
}

/** A query as one statement of SQLite. Good as long as the catalogue's version stays. */
export interface PreparedQuery {
  readonly sql: string
  readonly binds: readonly Bind[]
  readonly columns: readonly TypedColumn[]
  /** How each column is kept. */
  readonly kept: readonly Fragment[]
  /** `schema.fields`. */
  readonly fields: Buffer
  /** Tables, and whether they had ids of the upper half: the statement is another then. */
  readonly huge: ReadonlyMap<number, boolean>
  readonly query: TypedQuery
  /** The connection that knows its functions. */
  readonly side: SqlSide
  readonly options: PrepareOptions
}

/** Throws SqlError for what no statement can say. */
export const prepareQuery = (space: Space, query: TypedQuery, options: PrepareOptions = {}): PreparedQuery => {
  const builder = new Builder(space, space.side.functions, options.only, { expression: expressionOf, query: queryOf })
  const { text, columns } = queryOf(builder, query, true)
  if (text.length > longestStatement) throw limitError('the statement becomes too long when it is run')
  return { ...builder.binds.finish(text), columns: query.columns, kept: columns, fields: Buffer.from(fieldsJson(query.columns)), huge: builder.huge, query, options, side: space.side }
}
