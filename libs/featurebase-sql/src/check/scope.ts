import type { SqlCatalogue } from '../catalogue.js'
import type { Position, SqlError } from '../error.js'
import type { CommonTable, Query } from '../tree.js'
import type { TypedQuery } from '../typed.js'
import type { DataType } from '../types.js'
import { tooMuch } from './messages.js'

/** More tables, views and subqueries than this in one statement, views and WITH unfolded, are too many. */
const maxSources = 1_000
/** So many parts of expressions are read of a statement, those of views and WITH as often as they are asked. */
const maxParts = 1_000_000

export interface ScopeColumn {
  readonly name: string
  /** What a typed column names: `name`, unless that is empty or taken by an earlier one. */
  readonly reference: string
  readonly type: DataType
}

export interface ScopeSource {
  readonly id: number
  /** In small letters: its alias, and the name of its table even beside an alias. */
  readonly names: readonly string[]
  readonly columns: readonly ScopeColumn[]
  /** By names in small letters; the first of a name. */
  readonly byName: ReadonlyMap<string, ScopeColumn>
}

/** What is under way for one statement. */
export interface Work {
  readonly catalogue: SqlCatalogue
  readonly warnings: string[]
  /** What is looked at only when the whole statement has been read: FeatureBase refuses it after everything else. */
  readonly later: (() => void)[]
  /** How a query inside an expression is understood. */
  readonly checkQuery: (query: Query, around: Around) => TypedQuery
  sources: number
  parts: number
}

/** A WITH, and what it sees itself. */
export interface Common {
  readonly table: CommonTable
  readonly sees: ReadonlyMap<string, Common>
}

/** Where an expression stands: what its names can mean. */
export interface Scope {
  readonly work: Work
  readonly sources: readonly ScopeSource[]
  /** The scope of the query that this one stands in. */
  readonly outer: Scope | undefined
  readonly common: ReadonlyMap<string, Common>
  /** The types of what a row of BULK INSERT brings. */
  readonly mapped: ReadonlyMap<string, { readonly index: number; readonly type: DataType }> | undefined
  /** The clause that takes no aggregates, if this is one. */
  readonly noAggregates: string | undefined
  /** How many queries were asked with IN here: FeatureBase makes a join of each. */
  readonly memberships: { count: number }
  /** How many views this stands in. */
  readonly views: number
}

/** What a query sees of where it stands. */
export type Around = Pick<Scope, 'work' | 'outer' | 'common' | 'views'>

/** The scope of an expression that stands alone, like a value of INSERT: it can name nothing. */
export const bareScope = (work: Work): Scope =>
  ({ work, sources: [], outer: undefined, common: new Map(), mapped: undefined, noAggregates: undefined, memberships: { count: 0 }, views: 0 })

export const nextSource = (work: Work, at: Position): number => {
  if (work.sources >= maxSources) throw tooMuch(at, `a statement may read at most ${maxSources} tables, views and subqueries`)
  work.sources += 1
  return work.sources
}

export const countPart = (work: Work, at: Position): void => {
  work.parts += 1
  if (work.parts > maxParts) throw tooMuch(at, `a statement may have at most ${maxParts} parts, those of its views and WITH included`)
}

export const later = (work: Work, refusal: SqlError): void => { work.later.push(() => { throw refusal }) }

type Columns = readonly { readonly name: string; readonly type: DataType }[]

/** What is made of a table's columns is kept as long as they are: a wide table costs its first query alone. */
const seen = new WeakMap<Columns, Pick<ScopeSource, 'columns' | 'byName'>>()

const seenColumns = (columns: Columns): Pick<ScopeSource, 'columns' | 'byName'> => {
  const known = seen.get(columns)
  if (known) return known
  const byName = new Map<string, ScopeColumn>()
  const all = columns.map(({ name, type }, place) => {
    const key = name.toLowerCase()
    const column = { name, type, reference: name === '' || byName.has(key) ? `#${place + 1}` : name }
    if (!byName.has(key)) byName.set(key, column)
    return column
  })
  const made = { columns: all, byName }
  seen.set(columns, made)
  return made
}

export const sourceOf = (id: number, names: readonly string[], columns: Columns): ScopeSource =>
  ({ id, names: names.map((name) => name.toLowerCase()), ...seenColumns(columns) })
