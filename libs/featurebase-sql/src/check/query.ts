import type { SqlCatalogue } from '../catalogue.js'
import { meaningError } from '../error.js'
import type { CommonTable, Query } from '../tree.js'
import type { TypedQuery } from '../typed.js'
import { type Around, bareScope, type Common, type Scope, type Work } from './scope.js'
import { checkSelect } from './select.js'
import { unite } from './union.js'

interface Checked {
  readonly query: TypedQuery
  readonly warnings: readonly string[]
}

/** Each WITH sees those before it, and hides what was called so before. */
const withCommon = (tables: readonly CommonTable[], around: Around): Around => {
  const mine = new Set<string>()
  return tables.reduce<Around>((seen, table) => {
    const name = table.name.text.toLowerCase()
    if (mine.has(name)) throw meaningError(table.name.at, `table or view '${name}' already exists`)
    mine.add(name)
    const common: Common = { table, sees: seen.common }
    return { ...seen, common: new Map([...seen.common, [name, common]]) }
  }, around)
}

const check = (query: Query, outside: Around): Checked => {
  const around = withCommon(query.with, outside)
  if (query.kind === 'select') return checkSelect(query, around)
  const [left, right] = [check(query.left, around), checkSelect(query.right, around)]
  const scope: Scope = { ...bareScope(around.work), ...around }
  return { query: unite(query, left.query, right.query, scope), warnings: [...left.warnings, ...right.warnings] }
}

/** A query inside a statement: FeatureBase says nothing of its joins. */
const checkInner = (query: Query, around: Around): TypedQuery => check(query, around).query

export const startWork = (catalogue: SqlCatalogue): Work => ({ catalogue, warnings: [], later: [], checkQuery: checkInner, sources: 0, parts: 0 })

/** What FeatureBase looks at only after everything else. */
export const finish = ({ later }: Work): void => { for (const look of later) look() }

/** A query that is the statement itself, or all that a statement does with its rows. */
export const checkWholeQuery = (query: Query, work: Work): TypedQuery => {
  const checked = check(query, bareScope(work))
  work.warnings.push(...checked.warnings)
  return checked.query
}
