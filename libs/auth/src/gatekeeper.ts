import {
  type AnswerOf, type KeyId, type OrgId, type Permission, type Principal, Problem, type Revocation, type Rights, type ShownFrom, type UserId,
} from '@tenantry/contracts'
import { Cache, namedOnce } from '@tenantry/service'
import { Admitted } from './admitted.js'
import { tokenAudience, tokenHeader } from './claims.js'
import { type Call, type Credential, isRepeated, readCredential, shownFrom } from './credential.js'
import { Pulse } from './pulse.js'
import { RevocationFeed } from './revocation-feed.js'
import { Revocations, ends } from './revocations.js'
import { type AskRights, createRightsCache, forbidden, may, memberName } from './rights.js'
import { type Prover, type Proven, createProver, keyFreshMs } from './strategies.js'
import { KeysUsed } from './keys-used.js'
import { type PublicJwks, VerificationKeys } from './verification-keys.js'

/** Whom a gatekeeper asks. Each call has a deadline of its own and throws Problem when nobody answers. */
export interface GatekeeperPorts {
  readonly jwks: () => Promise<PublicJwks>
  readonly verifyKey: (digest: string, from: ShownFrom) => Promise<AnswerOf<'identity.key.verify'> | undefined>
  readonly rights: AskRights
  readonly revocationsSince: (seq: number) => Promise<AnswerOf<'identity.revocations.since'>>
  /** Told every half minute which keys were used. Best effort: may never throw. */
  readonly keysUsed?: (ids: readonly KeyId[]) => void
  /** False while events cannot arrive: rights are then doubted at every pulse. */
  readonly newsArrives?: () => boolean
}

export interface GatekeeperRules {
  /** PUBLIC_URL: who signs the tokens. */
  readonly issuer: string
  readonly audience?: string
  readonly ports: GatekeeperPorts
  /** The most callers, keys and rights remembered, each. */
  readonly max?: number
  readonly now?: () => number
  readonly pulseMs?: number
}

type KeyFacts = AnswerOf<'identity.key.verify'>

/**
 * Who is calling, and may they. What was proven once is remembered by the header's text, so that the hot path (`peek`,
 * `peekRights`) waits for nobody; what was taken back is forgotten at once, by event or by the pulse of two seconds.
 */
export class Gatekeeper {
  private readonly byAuthorization: Admitted
  private readonly byKeyHeader: Admitted
  private readonly revocations: Revocations
  private readonly keys: VerificationKeys
  private readonly keyFacts: Cache<string, KeyFacts>
  private readonly rights: ReturnType<typeof createRightsCache>
  private readonly nameOf = namedOnce<Principal>(memberName)
  private readonly prover: Prover
  private readonly used: KeysUsed
  private readonly pulse: Pulse
  private readonly now: () => number

  constructor(rules: GatekeeperRules) {
    const { ports, max = 20_000, now = Date.now } = rules
    this.now = now
    this.byAuthorization = new Admitted(max)
    this.byKeyHeader = new Admitted(max)
    this.revocations = new Revocations(now)
    this.keys = new VerificationKeys(ports.jwks, now, () => this.byAuthorization.clear())
    this.keyFacts = new Cache({ load: (digest: string, from) => ports.verifyKey(digest, from as ShownFrom), keyOf: (digest) => digest, max, freshMs: keyFreshMs, now })
    this.rights = createRightsCache(ports.rights, max, now)
    this.prover = createProver({ issuer: rules.issuer, audience: rules.audience ?? tokenAudience, now, keyFor: (digest, from) => this.keyFacts.find(digest, from) })
    this.used = new KeysUsed(ports.keysUsed ?? (() => undefined), max)
    const feed = new RevocationFeed(ports.revocationsSince, (entry) => this.revoke(entry))
    this.pulse = new Pulse(rules.pulseMs ?? 2000, [
      { every: 1, run: () => feed.catchUp() },
      // A key that was taken away is published by identity for at most 20 seconds more, and believed here for as long again.
      { every: 10, run: () => this.keys.refresh() },
      { every: 15, run: () => this.used.flush() },
      { every: 1, run: () => { if (ports.newsArrives?.() === false) this.rights.doubtAll() } },
    ])
  }

  /** The caller, when this credential was proven here before. Awaits and throws nothing: undefined sends to `admit`. */
  peek(call: Call): Principal | undefined {
    const { authorization, 'x-api-key': key } = call.headers
    const principal = key === undefined
      ? authorization === undefined ? undefined : this.byAuthorization.peek(authorization, this.now())
      : authorization === undefined && typeof key === 'string' ? this.byKeyHeader.peek(key, this.now()) : undefined
    if (!principal || isRepeated(call)) return undefined
    if (principal.credential.kind === 'key') this.used.note(principal.credential.id)
    return principal
  }

  /** Throws MissingCredentials, InvalidCredentials, AmbiguousCredentials; ServiceUnavailable when nobody can say. */
  async admit(call: Call): Promise<Principal> {
    const known = this.peek(call)
    if (known) return known
    const credential = readCredential(call)
    if (!credential) throw new Problem('MissingCredentials', 'Send a token in the Authorization header ("Bearer …") or an API key in X-API-Key.')
    // A process that has just started has not heard yet what was taken back before.
    await this.pulse.begun()
    const proven = await this.prove(credential, call)
    if (!proven || this.revocations.cover(proven.principal)) throw refused()
    this.keep(call, proven)
    if (proven.principal.credential.kind === 'key') this.used.note(proven.principal.credential.id)
    return proven.principal
  }

  /** What the caller may do. Throws InvalidCredentials for one who is no active member (any more). */
  async rightsOf(principal: Principal): Promise<Rights> {
    const rights = await this.rights.find(principal, principal.account)
    if (rights?.status !== 'Active') throw refused()
    return rights
  }

  peekRights(principal: Principal): Rights | undefined {
    const rights = this.rights.peek(principal, this.nameOf(principal))
    return rights?.status === 'Active' ? rights : undefined
  }

  /** Throws Forbidden without the permission. */
  async require(principal: Principal, permission: Permission): Promise<Rights> {
    const rights = await this.rightsOf(principal)
    if (!may(rights, permission)) throw forbidden()
    return rights
  }

  /** Rights have changed; `version` is the change's, and what is known from after it stays. */
  forgetRights(orgId: OrgId, userId: UserId, version = Infinity): void {
    const member = { orgId, userId }
    if ((this.rights.peek(member)?.version ?? -1) < version) this.rights.drop(member)
  }

  /** Takes back a session, a key, or everything a user proved before an epoch. */
  revoke(entry: Revocation): void {
    this.revocations.add(entry)
    this.byAuthorization.dropWhere((principal) => ends(entry, principal))
    this.byKeyHeader.dropWhere((principal) => ends(entry, principal))
    if (entry.kind === 'key') this.keyFacts.dropWhere(({ keyId }) => keyId === entry.id)
    if (entry.kind === 'user') this.keyFacts.dropWhere(({ userId, epoch }) => userId === entry.id && epoch < entry.epoch)
  }

  /**
   * Whether everything that this user had proven was ended since, as with a deactivation: work of theirs that still runs ends too.
   * A key that was revoked, or a session that was left, only begins nothing new.
   */
  hasEnded(principal: Principal): boolean {
    return this.revocations.coverUser(principal)
  }

  /** News may have been missed: rights are asked for again at their next use, revocations now. */
  doubt(): void {
    this.rights.doubtAndAsk()
    this.pulse.hurry()
  }

  start(): void {
    this.pulse.start()
  }

  async stop(): Promise<void> {
    await this.pulse.stop()
    this.used.flush()
  }

  get size(): { readonly admitted: number; readonly keys: number; readonly rights: number } {
    return { admitted: this.byAuthorization.size + this.byKeyHeader.size, keys: this.keyFacts.size, rights: this.rights.size }
  }

  private async prove({ kind, text }: Credential, call: Call): Promise<Proven | undefined> {
    if (kind === 'key') return await this.prover.prove('key', { text, from: shownFrom(call) })
    const header = tokenHeader(text)
    const publicKey = header && (this.keys.peek(header.kid) ?? await this.keys.find(header.kid))
    return publicKey ? await this.prover.prove('token', { text, publicKey, typ: header.typ }) : undefined
  }

  private keep(call: Call, { principal, until }: Proven): void {
    const { authorization, 'x-api-key': key } = call.headers
    if (key === undefined && authorization !== undefined) this.byAuthorization.keep(authorization, principal, until)
    else if (authorization === undefined && typeof key === 'string') this.byKeyHeader.keep(key, principal, until)
  }
}

export const createGatekeeper = (rules: GatekeeperRules): Gatekeeper => new Gatekeeper(rules)

// One sentence for every reason: which of them it was is of use only to one who tries credentials out.
const refused = (): Problem => new Problem('InvalidCredentials', 'The credential is not valid: it is wrong, has expired or was revoked. Log in again or use another key.')
