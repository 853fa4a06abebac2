import type { KeyObject } from 'node:crypto'
import type { AnswerOf, Principal, ShownFrom } from '@tenantry/contracts'
import passport from 'passport'
import custom from 'passport-custom'
import jwt from 'passport-jwt'
import { apiKeyDigest, isApiKey } from './api-key.js'
import { type TokenClaims, TokenClaimsSchema, leewaySeconds, principalOf, tokenAlgorithm, tokenTypes } from './claims.js'

export interface StrategyRules {
  readonly issuer: string
  readonly audience: string
  readonly now: () => number
  readonly keyFor: (digest: string, from: ShownFrom | undefined) => Promise<AnswerOf<'identity.key.verify'> | undefined>
}

/** A caller proven, and until when that may be believed without asking again. */
export interface Proven {
  readonly principal: Principal
  readonly until: number
}

/** What a strategy is given to prove. The public key was found before, so that a strategy waits for nobody. */
export interface ToProve {
  readonly text: string
  readonly publicKey?: KeyObject
  readonly typ?: string
  readonly from?: ShownFrom
}

export interface Prover {
  /** Undefined when the credential is not good. Throws when that cannot be said now. */
  prove(kind: 'token' | 'key', what: ToProve): Promise<Proven | undefined>
}

/** How long a key is believed without asking for it again. */
export const keyFreshMs = 60_000

/** One passport of its own for each gatekeeper: passport's usual instance is shared by everything in the process. */
export const createProver = (rules: StrategyRules): Prover => {
  const authenticator = new passport.Authenticator()
  authenticator.use('token', tokenStrategy(rules))
  authenticator.use('key', keyStrategy(rules))
  return {
    prove: (kind, what) => new Promise((resolve, reject) => {
      const answer = (error: unknown, proven?: unknown): void => {
        if (error) reject(error)
        // The strategies below give a Proven or false, and nothing else.
        else resolve(proven ? proven as Proven : undefined)
      }
      // Passport is made for express; of the request it touches nothing but what the two strategies below read.
      const run = authenticator.authenticate(kind, { session: false }, answer) as (request: object, response: object, next: typeof answer) => void
      run({ headers: {}, ...what }, {}, answer)
    }),
  }
}

const tokenStrategy = (rules: StrategyRules): jwt.Strategy => new jwt.Strategy({
  jwtFromRequest: (request: ToProve) => request.text,
  // A key that is read already spares reading it for each token; the types of passport-jwt do not know that it may be one.
  secretOrKeyProvider: (request: ToProve, _token, done) => done(null, request.publicKey as unknown as Buffer),
  algorithms: [tokenAlgorithm],
  issuer: rules.issuer,
  audience: rules.audience,
  jsonWebTokenOptions: { clockTolerance: leewaySeconds },
  passReqToCallback: true,
}, (request: ToProve, payload: unknown, done) => {
  const claims = TokenClaimsSchema.safeParse(payload).data
  if (!claims || tokenTypes[claims.token_use] !== request.typ || !isOfNow(claims, rules.now())) return done(null, false)
  return done(null, { principal: principalOf(claims), until: (claims.exp + leewaySeconds) * 1000 } satisfies Proven)
})

const isOfNow = ({ iat, exp }: TokenClaims, now: number): boolean => {
  const seconds = now / 1000
  return seconds < exp + leewaySeconds && iat <= seconds + leewaySeconds && iat < exp
}

const keyStrategy = (rules: StrategyRules): custom.Strategy => new custom.Strategy((request, done) => {
  const { text, from } = request as unknown as ToProve
  proveKey(rules, text, from).then((proven) => done(null, proven ?? false), (error: unknown) => done(error))
})

const proveKey = async (rules: StrategyRules, text: string, from: ShownFrom | undefined): Promise<Proven | undefined> => {
  // The checksum turns away what was mistyped or made up, before anybody is asked.
  const found = isApiKey(text) ? await rules.keyFor(apiKeyDigest(text), from) : undefined
  if (!found) return undefined
  const principal: Principal = Object.freeze({
    userId: found.userId, orgId: found.orgId, credential: Object.freeze({ kind: 'key', id: found.keyId } as const), epoch: found.epoch,
    account: Object.freeze({ ...found.account }),
  })
  return { principal, until: rules.now() + keyFreshMs }
}
