import { Problem } from '@tenantry/contracts'
import { type QueryParts, engineOf, speaking } from '../queries/run-query.js'
import type { LiveAsk } from './live-queries.js'

const limits = { seconds: 5, answerBytes: 1_000, answerRows: 1 }

/** Where a database stands, as a text that is another one once anything in it is. Throws Problem. */
export const databaseVersion = ({ targets, engines }: Pick<QueryParts, 'targets' | 'engines'>) => async ({ orgId, databaseId }: LiveAsk): Promise<string> => {
  const target = targets.peek(orgId, databaseId) ?? await targets.find(orgId, databaseId)
  const engine = engineOf(target, engines)
  speaking('graphql', engine)
  if (!engine.changes) throw new Problem('LanguageNotSupported', 'The engine of this database does not tell of changes; ask without a subscription.')
  try {
    const { data } = await engine.changes.run(target, { text: '', access: 'read', limits }, { aborted: false })
    return `${target.generation}:${data.toString()}`
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'DatabaseNotFound') throw error
    // What is remembered of it is old: the next look asks the owner of the record what is so.
    targets.forget(orgId, databaseId)
    throw new Problem('EngineUnavailable', 'The database cannot be reached at the moment; try again shortly.', { cause: error, retryAfterSeconds: 1 })
  }
}
