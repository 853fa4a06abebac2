import type { Principal } from '@tenantry/contracts'

interface Entry { readonly principal: Principal; readonly until: number }

/**
 * Callers that were proven already, by the header's text as it came. Bounded: the one proven longest ago goes first, which costs
 * nothing to know.
 */
export class Admitted {
  private readonly entries = new Map<string, Entry>()

  constructor(private readonly max: number) {}

  peek(text: string, now: number): Principal | undefined {
    const entry = this.entries.get(text)
    return entry && entry.until > now ? entry.principal : undefined
  }

  keep(text: string, principal: Principal, until: number): void {
    this.entries.delete(text)
    this.entries.set(text, { principal, until })
    const oldest = this.entries.size > this.max ? this.entries.keys().next().value : undefined
    if (oldest !== undefined) this.entries.delete(oldest)
  }

  dropWhere(matches: (principal: Principal) => boolean): void {
    for (const [text, { principal }] of this.entries) if (matches(principal)) this.entries.delete(text)
  }

  clear(): void {
    this.entries.clear()
  }

  get size(): number {
    return this.entries.size
  }
}
