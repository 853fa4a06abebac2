import { createPublicKey } from 'node:crypto'

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

/**
 * The public keys that tokens are proven with. A key nobody has heard of is asked for, at most once a second however many forged
 * tokens come; while nobody answers, the keys known last stay good.
 */
export class VerificationKeys {
  private pems: ReadonlyMap<string, string> = new Map()
  private asking: Promise<void> | undefined
  private askedAt = -Infinity
  private failure: unknown

  constructor(private readonly ask: () => Promise<PublicJwks>, private readonly now: () => number, private readonly forgotten: () => void) {}

  peek(kid: string): string | undefined {
    return this.pems.get(kid)
  }

  /** The key in PEM; undefined when there is none of that name. Throws when none is known at all and nobody answers. */
  async find(kid: string): Promise<string | undefined> {
    if (!this.pems.has(kid)) await this.refreshSeldom()
    return this.pems.get(kid)
  }

  /** Asks now. Throws when nobody answers; what was known stays. */
  refresh(): Promise<void> {
    this.askedAt = this.now()
    this.asking ??= this.ask().then((jwks) => this.learn(jwks)).then(() => { this.failure = undefined }, (error: unknown) => {
      this.failure = error
      throw error
    }).finally(() => { this.asking = undefined })
    return this.asking
  }

  private async refreshSeldom(): Promise<void> {
    if (this.asking || this.now() - this.askedAt >= betweenAsksMs) await this.refresh().catch(() => undefined)
    if (this.failure && this.pems.size === 0) throw this.failure
  }

  private learn(jwks: PublicJwks): void {
    const learnt = new Map(jwks.keys.flatMap(usable))
    const gone = [...this.pems.keys()].some((kid) => !learnt.has(kid))
    this.pems = learnt
    if (gone) this.forgotten()
  }
}

const usable = (jwk: PublicJwk): readonly (readonly [string, string])[] => {
  if (jwk.kty !== 'RSA' || !jwk.kid || (jwk.alg ?? 'RS256') !== 'RS256' || (jwk.use ?? 'sig') !== 'sig') return []
  const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n ?? '', e: jwk.e ?? '' }, format: 'jwk' })
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048 ? [] : [[jwk.kid, key.export({ type: 'spki', format: 'pem' })]]
}
