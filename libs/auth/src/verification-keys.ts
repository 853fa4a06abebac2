import { type KeyObject, createPublicKey } from 'node:crypto'

export interface PublicJwk {
  readonly kty?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly kid?: string | undefined
  readonly alg?: string | undefined
  readonly use?: string | undefined
}
export interface PublicJwks { readonly keys: readonly PublicJwk[] }

const betweenAsksMs = 1000
const betweenFirstAsksMs = 100

/**
 * The public keys that tokens are proven with. A key nobody has heard of is asked for, at most once a second however many forged
 * tokens come; while none is known, ten times a second. While nobody answers, the keys known last stay good.
 */
export class VerificationKeys {
  private known: ReadonlyMap<string, KeyObject> = new Map()
  private asking: Promise<void> | undefined
  private askedAt = -Infinity
  private failure: Error | undefined

  constructor(private readonly ask: () => Promise<PublicJwks>, private readonly now: () => number, private readonly forgotten: () => void) {}

  peek(kid: string): KeyObject | undefined {
    return this.known.get(kid)
  }

  /** Undefined when there is none of that name. Throws when none is known at all and nobody answers. */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (!this.known.has(kid)) await this.refreshSeldom()
    return this.known.get(kid)
  }

  /** Asks now. Throws when nobody answers; what was known stays. */
  refresh(): Promise<void> {
    this.askedAt = this.now()
    this.asking ??= this.ask().then((jwks) => this.learn(jwks)).then(() => { this.failure = undefined }, (error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error))
      throw error
    }).finally(() => { this.asking = undefined })
    return this.asking
  }

  private async refreshSeldom(): Promise<void> {
    const rest = this.known.size === 0 ? betweenFirstAsksMs : betweenAsksMs
    if (this.asking || this.now() - this.askedAt >= rest) await this.refresh().catch(() => undefined)
    if (this.failure && this.known.size === 0) throw this.failure
  }

  private learn(jwks: PublicJwks): void {
    const learnt = new Map(jwks.keys.flatMap(usable))
    const gone = [...this.known.keys()].some((kid) => !learnt.has(kid))
    this.known = learnt
    if (gone) this.forgotten()
  }
}

const usable = (jwk: PublicJwk): readonly (readonly [string, KeyObject])[] => {
  if (jwk.kty !== 'RSA' || !jwk.kid || (jwk.alg ?? 'RS256') !== 'RS256' || (jwk.use ?? 'sig') !== 'sig') return []
  const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n ?? '', e: jwk.e ?? '' }, format: 'jwk' })
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048 ? [] : [[jwk.kid, key]]
}
