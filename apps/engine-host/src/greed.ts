import { databaseKey } from '@tenantry/engines-contract'
import type { OwnedDatabase } from './child/messages.js'

type Whose = Pick<OwnedDatabase, 'database' | 'generation' | 'org'>

interface Burnt {
  readonly org: string
  ms: number
  atMs: number
}

/** A database that has run long for this time of late is greedy; a quarter of the time is free, and nothing is held against it for long. */
const greedyMs = 2_000
const freeShare = 0.25
const mostMs = 10_000
const mostRemembered = 10_000

const left = ({ ms, atMs }: Burnt, now: number): number => Math.max(0, ms - (now - atMs) * freeShare)

/**
 * Remembers which databases keep running long, and which orgs have many such databases: they are given places apart from the others
 * before they hold anybody up again.
 */
export class Greed {
  private readonly burnt = new Map<string, Burnt>()

  /** `orgPlaces`: an org with more greedy databases than this is greedy as a whole. */
  constructor(private readonly orgPlaces: number) {}

  /** The database has run long for another `ms`. */
  ran({ database, generation, org }: Whose, ms: number, now: number): void {
    const key = databaseKey(database, generation)
    const known = this.burnt.get(key)
    if (known === undefined && this.burnt.size >= mostRemembered) return
    this.burnt.set(key, { org, ms: Math.min(mostMs, (known ? left(known, now) : 0) + ms), atMs: now })
  }

  /** A statement of the database had to be ended, which costs a child. */
  ended(whose: Whose, now: number): void {
    this.ran(whose, 2 * greedyMs, now)
  }

  /** Whether the database is given a place apart: for itself, or for the whole of its org. */
  keepsApart({ database, generation, org }: Whose, now: number): boolean {
    const known = this.burnt.get(databaseKey(database, generation))
    return (known !== undefined && left(known, now) >= greedyMs) || this.isGreedyOrg(org, now)
  }

  isGreedyOrg(org: string, now: number): boolean {
    return this.greedyOrgs(now).has(org)
  }

  /** The orgs with more greedy databases than places. */
  greedyOrgs(now: number): ReadonlySet<string> {
    const counts = new Map<string, number>()
    for (const [key, burnt] of this.burnt) {
      const ms = left(burnt, now)
      if (ms === 0) this.burnt.delete(key)
      if (ms >= greedyMs) counts.set(burnt.org, (counts.get(burnt.org) ?? 0) + 1)
    }
    return new Set([...counts].filter(([, count]) => count > this.orgPlaces).map(([org]) => org))
  }
}
