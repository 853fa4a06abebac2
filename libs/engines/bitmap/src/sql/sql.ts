import { type Statement, type TypedStatement, checkSql } from '@tenantry/featurebase-sql'
import type { EmbeddedAsk } from '@tenantry/engines-contract'
import type { Space } from '../space.js'
import { type SqlAnswer, changed, nothing } from './answer.js'
import { SpaceCatalogue } from './catalogue.js'
import { addOneColumn, createTable, createView, dropColumn, dropTable, dropView } from './define/define.js'
import { planText, statementPlan } from './plan.js'
import { withParameters } from './parameters.js'
import { Query } from './query.js'
import { show } from './show/show.js'
import { type SqlText, SqlTexts, sqlDoing } from './texts.js'
import { bulkInsert } from './write/bulk-insert.js'
import { copyTable } from './write/copy.js'
import { insert } from './write/insert.js'
import { deleteRows, updateRows } from './write/change-rows.js'

/** SQL of one database: FeatureBase's, and what is beyond it. */
export class Sql {
  private readonly texts = new SqlTexts()
  private readonly catalogue: SpaceCatalogue

  constructor(private readonly space: Space) {
    this.catalogue = new SpaceCatalogue(space)
  }

  peek(text: string): SqlText | undefined {
    return this.texts.peek(text)
  }

  /** Throws EngineRefusal for a text that is no SQL. */
  read(text: string): SqlText {
    return this.texts.get(text)
  }

  /** What must be known before a change is begun: a lone statement that cannot be run begins none. */
  prepare(read: SqlText, ask: EmbeddedAsk): () => SqlAnswer {
    // A question mark may also stand in a text; only the tree tells.
    const values = ask.params ?? (ask.text.includes('?') ? [] : undefined)
    const [only, ...more] = values ? withParameters(read.statements, values) : read.statements
    if (!only) return () => nothing
    if (more.length === 0) {
      const meaning = this.meaningOf(read, only, values === undefined)
      return () => this.answer(meaning.statement, ask, meaning.query)
    }
    return () => [only, ...more].reduce((_, statement) => this.answer(sqlDoing(() => checkSql(statement, this.catalogue)), ask), nothing)
  }

  private meaningOf(read: SqlText, statement: Statement, isKept: boolean): NonNullable<SqlText['meaning']> {
    const { version } = this.space.catalogue
    if (isKept && read.meaning?.version === version) return read.meaning
    const checked = sqlDoing(() => checkSql(statement, this.catalogue))
    const meaning = { version, statement: checked, ...(checked.kind === 'query' && { query: new Query(this.space, checked.query) }) }
    if (isKept) read.meaning = meaning
    return meaning
  }

  private answer(statement: TypedStatement, ask: EmbeddedAsk, known?: Query): SqlAnswer {
    return sqlDoing(() => {
      const answer = statement.kind === 'query' ? (known ?? new Query(this.space, statement.query)).run(ask.limits) : this.run(statement)
      const warnings = 'warnings' in statement && statement.warnings.length > 0 ? statement.warnings : undefined
      return { ...answer, ...(warnings && { warnings }), plan: ask.plan === true ? answer.plan ?? statementPlan(statement) : undefined }
    })
  }

  private run(statement: Exclude<TypedStatement, { kind: 'query' }>): SqlAnswer {
    const { space } = this
    switch (statement.kind) {
      case 'show': return show(space, statement)
      case 'explain': return planText(space, statement.statement)
      case 'create table': createTable(space, statement); break
      case 'add column': addOneColumn(space, statement); break
      case 'drop column': dropColumn(space, statement); break
      case 'drop table': dropTable(space, statement); break
      case 'create view': createView(space, statement); break
      case 'drop view': dropView(space, statement); break
      case 'insert': return changed(insert(space, statement))
      case 'bulk insert': return changed(bulkInsert(space, statement))
      case 'update': return changed(updateRows(space, statement))
      case 'delete': return changed(deleteRows(space, statement))
      case 'copy': return changed(copyTable(space, statement))
    }
    return nothing
  }
}
