import { type Statement, type TypedStatement, SqlError, parseSql } from '@tenantry/featurebase-sql'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Query } from './query.js'

/** A text as it was read. */
export interface SqlText {
  readonly statements: readonly Statement[]
  readonly reads: boolean
  /** It took so little time that others may wait for it. */
  quick: boolean
  /** What its one statement means, as long as the catalogue has this version. */
  meaning?: { readonly version: number; readonly statement: TypedStatement; readonly query?: Query } | undefined
}

const mostKept = 512
/** Longer texts are asked once. */
const mostKeptLength = 4_000

const readingKinds: ReadonlySet<Statement['kind']> = new Set(['select', 'union', 'show', 'explain'])

/** Texts of statements, so that one that comes again is not read again. */
export class SqlTexts {
  private readonly kept = new Map<string, SqlText>()

  peek(text: string): SqlText | undefined {
    return this.kept.get(text)
  }

  /** Throws EngineRefusal for a text that is no SQL. */
  get(text: string): SqlText {
    const known = this.kept.get(text)
    if (known) return known
    const statements = sqlDoing(() => parseSql(text))
    const read: SqlText = { statements, reads: statements.every(({ kind }) => readingKinds.has(kind)), quick: false }
    if (text.length <= mostKeptLength) this.keep(text, read)
    return read
  }

  private keep(text: string, read: SqlText): void {
    const [oldest] = this.kept.keys()
    if (this.kept.size >= mostKept && oldest !== undefined) this.kept.delete(oldest)
    this.kept.set(text, read)
  }
}

/** Does work of SQL; what it refuses is the statement's fault, in FeatureBase's words. */
export const sqlDoing = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError) throw new EngineRefusal('EngineRejectedQuery', error.message, { cause: error })
    if (error instanceof EngineRefusal && (error.code === 'InvalidParameter' || error.code === 'InvalidBody')) throw new EngineRefusal('EngineRejectedQuery', error.message, { cause: error })
    throw error
  }
}
