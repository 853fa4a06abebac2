import type { SqlCatalogue } from '../catalogue.js'
import { meaningError } from '../error.js'
import type { Statement } from '../tree.js'
import type { TypedStatement } from '../typed.js'
import { checkWholeQuery, finish, startWork } from './query.js'
import type { Work } from './scope.js'

const checkStatement = (statement: Statement, work: Work): TypedStatement => {
  switch (statement.kind) {
    case 'select':
    case 'union': return { kind: 'query', query: checkWholeQuery(statement, work), warnings: work.warnings }
    case 'explain': return { kind: 'explain', statement: checkStatement(statement.statement, work) }
    default: throw meaningError(statement.at, `${statement.kind} is not supported`)
  }
}

/** What a statement means in a database. Throws SqlError with FeatureBase's words, and nothing else. */
export const checkSql = (statement: Statement, catalogue: SqlCatalogue): TypedStatement => {
  const work = startWork(catalogue)
  const typed = checkStatement(statement, work)
  finish(work)
  return typed
}
