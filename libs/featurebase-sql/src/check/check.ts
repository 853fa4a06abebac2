import type { SqlCatalogue } from '../catalogue.js'
import type { Statement } from '../tree.js'
import type { TypedStatement } from '../typed.js'
import { checkBulkInsert } from './bulk-insert.js'
import { checkCopy, checkDelete, checkUpdate } from './change.js'
import { checkAlterTable, checkCreateTable, checkDropTable, checkDropView, checkView } from './define.js'
import { checkInsert } from './insert.js'
import { checkWholeQuery, finish, startWork } from './query.js'
import type { Work } from './scope.js'
import { checkShow, refuseOther } from './show.js'

const checkStatement = (statement: Statement, work: Work): TypedStatement => {
  switch (statement.kind) {
    case 'select':
    case 'union': return { kind: 'query', query: checkWholeQuery(statement, work), warnings: work.warnings }
    case 'explain': return { kind: 'explain', statement: checkStatement(statement.statement, work) }
    case 'create table': return checkCreateTable(statement, work)
    case 'alter table': return checkAlterTable(statement, work)
    case 'drop table': return checkDropTable(statement, work)
    case 'create view': return checkView(statement, work)
    case 'drop view': return checkDropView(statement)
    case 'insert': return checkInsert(statement, work)
    case 'bulk insert': return checkBulkInsert(statement, work)
    case 'update': return checkUpdate(statement, work)
    case 'delete': return checkDelete(statement, work)
    case 'copy': return checkCopy(statement, work)
    case 'show': return checkShow(statement, work)
    case 'other': return refuseOther(statement)
  }
}

/** What a statement means in a database. Throws SqlError with FeatureBase's words, and nothing else. */
export const checkSql = (statement: Statement, catalogue: SqlCatalogue): TypedStatement => {
  const work = startWork(catalogue)
  const typed = checkStatement(statement, work)
  finish(work)
  return typed
}
