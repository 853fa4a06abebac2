import { EngineRefusal } from '@tenantry/engines-contract'
import { PqlError, type Query, countWrites, hasWrites, parsePql, splitTablePrefix } from '@tenantry/pql'

/** A request as it was read: its calls, and the table that they are about. */
export interface Asked {
  readonly query: Query
  readonly table: string | undefined
  readonly reads: boolean
  /** How many of its calls count towards the writes that a request may hold. */
  readonly writes: number
  /** It took so little time that others may wait for it. */
  quick: boolean
}

const mostKept = 512
/** Longer texts are asked once. */
const mostKeptLength = 2_000

/** Requests by their text, so that one that comes again is not read again. */
export class AskedTexts {
  private readonly kept = new Map<string, Asked>()

  /** What is known of a text; it is not read for this unless it is short. */
  peek(text: string): Asked | undefined {
    const known = this.kept.get(text)
    if (known || text.length > mostKeptLength) return known
    try {
      return this.get(text)
    } catch {
      // Whoever runs it is told what is wrong with it.
      return undefined
    }
  }

  /** Throws EngineRefusal for a text that is no PQL. */
  get(text: string): Asked {
    const known = this.kept.get(text)
    if (known) return known
    const asked = readAsked(text)
    if (text.length <= mostKeptLength) this.keep(text, asked)
    return asked
  }

  private keep(text: string, asked: Asked): void {
    const [oldest] = this.kept.keys()
    if (this.kept.size >= mostKept && oldest !== undefined) this.kept.delete(oldest)
    this.kept.set(text, asked)
  }
}

const readAsked = (text: string): Asked => {
  const { table, text: pql, offset } = splitTablePrefix(text)
  const query = parsed(pql, offset)
  return { query, table, reads: !hasWrites(query), writes: countWrites(query), quick: false }
}

const parsed = (text: string, offset: number): Query => {
  try {
    return parsePql(text)
  } catch (error) {
    if (!(error instanceof PqlError)) throw error
    throw new EngineRefusal('EngineRejectedQuery', `parsing: ${error.message}`, { cause: error, position: offset + error.position.offset })
  }
}
