import { databaseKey } from '@tenantry/engines-contract'
import type { QueryParameter, QueryPort, Target } from '@tenantry/engines-contract'

/** Whoever has more of them under way leaves the oldest to the engine, which ends it when it has heard nothing for a while. */
const mostKnown = 1_000
const limits = { seconds: 5, answerBytes: 1_000, answerRows: 1 }

/**
 * The imports that one client of another machine has begun: the latest of each database, as no database has two. Their child hears of
 * them from the host, and would not see that the client has gone.
 */
export class RelayedImports {
  private readonly begun = new Map<string, () => Promise<unknown>>()

  /** Takes down that an import begins, or ends in an orderly way. */
  note(port: QueryPort, target: Target, [deed, name]: readonly QueryParameter[] = []): void {
    const key = databaseKey(target.databaseId, target.generation)
    if (deed === 'end' || deed === 'abort') this.begun.delete(key)
    if (deed !== 'begin' || name === undefined) return
    this.begun.delete(key)
    this.begun.set(key, () => port.run(target, { text: '', params: ['abort', name], access: 'write', limits }, { aborted: false }))
    const [oldest] = this.begun.keys()
    if (this.begun.size > mostKnown && oldest !== undefined) this.begun.delete(oldest)
  }

  /** The client has gone. An import that has come to its end already is not known to the engine any more, and nothing comes of this. */
  giveUp(): void {
    for (const abort of this.begun.values()) {
      abort().catch(() => {
        // An engine that cannot be told has ended, or takes the import back by itself after a while.
      })
    }
    this.begun.clear()
  }
}
