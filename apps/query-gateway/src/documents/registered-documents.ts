import type { DatabaseTarget } from '@tenantry/contracts'
import type { AskInternal } from '@tenantry/events'
import { Cache } from '@tenantry/service'

/** What a hash means in one set of documents; that it means nothing is remembered too. */
export interface Registered {
  readonly document?: string | undefined
}

interface Key {
  readonly target: DatabaseTarget
  readonly hash: string
}

/** Of the largest documents these take a hundred megabytes. */
const most = 2_000
const freshMs = 3_600_000

/**
 * The documents that are registered with databases, as the owner of the records tells them. Under one version of a set a hash means
 * the same for good: what was looked up once is known while that owner is away.
 */
export class RegisteredDocuments {
  private readonly cache: Cache<Key, Registered>

  constructor(ask: AskInternal) {
    this.cache = new Cache({
      load: ({ target: { orgId, databaseId }, hash }) => ask('control.document.find', { orgId, databaseId, hash }),
      keyOf: ({ target, hash }) => `${target.databaseId}/${target.documents?.version ?? 0}/${hash}`,
      max: most,
      freshMs,
    })
  }

  peek(target: DatabaseTarget, hash: string): Registered | undefined {
    return this.cache.peek({ target, hash })
  }

  /** Throws ServiceUnavailable when nobody can say. */
  async find(target: DatabaseTarget, hash: string): Promise<Registered> {
    return await this.cache.find({ target, hash }) ?? {}
  }
}
