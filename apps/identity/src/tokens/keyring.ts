import { type KeyObject, createPrivateKey, generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { type PublicJwk, type PublicJwks, leewaySeconds, tokenAlgorithm, tokenLifeSeconds } from '@tenantry/auth'
import { inTransaction } from '@tenantry/persistence'
import { CannotOpen, type Sealer } from '@tenantry/secrets'
import { Exit } from '@tenantry/service'
import type { DataSource, EntityManager } from 'typeorm'
import { SigningKeyEntity, type SigningKeyRecord } from './signing-key.entity.js'

export interface KeyringRules {
  readonly rotateDays: number
  /** How long a key is published before it signs: longer than anybody keeps the published set. */
  readonly leadSeconds: number
  /** How long a key is published after another one signs: its last token's life, and the slowest process' reload. */
  readonly overlapSeconds: number
}

const mostTendSeconds = 20

/** The usual times around a turn of the keys; `leadSeconds` may be another for who keeps the published set longer, or shorter. */
export const keyringRules = (rotateDays: number, leadSeconds = 600): KeyringRules =>
  ({ rotateDays, leadSeconds, overlapSeconds: tokenLifeSeconds + 2 * leewaySeconds + leadSeconds })

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
  readonly signsFrom: Date
}

const makePair = promisify(generateKeyPair)

/** The keys that sign tokens: one signs, the next is published before its time, the last stays until its tokens have expired. */
export class Keyring {
  private keys: readonly SigningKey[] = []

  private constructor(private readonly source: DataSource, private readonly sealer: Sealer, private readonly rules: KeyringRules) {}

  /** Opens the keyring and makes its first key when there is none; processes that do so together make one. */
  static async open(source: DataSource, sealer: Sealer, rules: KeyringRules): Promise<Keyring> {
    const keyring = new Keyring(source, sealer, rules)
    await keyring.tend()
    return keyring
  }

  current(now = new Date()): SigningKey {
    const key = this.keys.findLast(({ signsFrom }) => signsFrom <= now) ?? this.keys[0]
    if (!key) throw new Error('The keyring is empty.')
    return key
  }

  jwks(): PublicJwks {
    return { keys: this.keys.map(({ publicJwk }) => publicJwk) }
  }

  /** Makes the next key when it is due, takes away what nobody needs, and reads again. */
  async tend(): Promise<void> {
    await this.locked(async (tx) => {
      const [seen]: { count: string; due: boolean }[] = await tx.query(
        'SELECT count(*) AS count, coalesce(max(signs_from) < now() - make_interval(days => $1), false) AS due FROM signing_keys', [this.rules.rotateDays])
      if (seen?.count === '0') await this.make(tx, 0)
      else if (seen?.due) await this.make(tx, this.rules.leadSeconds)
      await tx.query(
        `DELETE FROM signing_keys k WHERE EXISTS (
           SELECT FROM signing_keys n WHERE n.signs_from > k.signs_from AND n.signs_from < now() - make_interval(secs => $1))`, [this.rules.overlapSeconds])
    })
    await this.read()
  }

  /** How often every process must tend it: often enough to know a key well before it signs, and not to publish one for long that was taken away. */
  get tendSeconds(): number {
    return Math.min(mostTendSeconds, this.rules.leadSeconds / 3)
  }

  /** Makes a new key now, whatever the age of the last one; it signs after its lead. A rotation under way is not doubled. */
  async rotate(): Promise<void> {
    await this.locked(async (tx) => {
      const waiting: unknown[] = await tx.query('SELECT FROM signing_keys WHERE signs_from > now()')
      if (waiting.length === 0) await this.make(tx, this.rules.leadSeconds)
    })
    await this.read()
  }

  /**
   * For keys that others may have: a new one signs at once, and every other one is gone. Tokens signed before are worth nothing
   * within a minute everywhere; refresh tokens and API keys go on.
   */
  async replace(): Promise<void> {
    await this.locked(async (tx) => {
      await tx.query('DELETE FROM signing_keys')
      await this.make(tx, 0)
    })
    await this.read()
  }

  private locked(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return inTransaction(this.source, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['identity:keyring'])
      await work(tx)
    })
  }

  private async make(tx: EntityManager, delaySeconds: number): Promise<void> {
    const kid = randomUUID()
    const { publicKey, privateKey } = await makePair('rsa', { modulusLength: 2048 })
    const { kty, n, e } = publicKey.export({ format: 'jwk' })
    const sealed = this.sealer.seal(privateKey.export({ type: 'pkcs8', format: 'der' }), contextOf(kid))
    await tx.query('INSERT INTO signing_keys (kid, public_jwk, private_sealed, signs_from) VALUES ($1, $2, $3, now() + make_interval(secs => $4))',
      [kid, JSON.stringify({ kty, n, e, kid, alg: tokenAlgorithm, use: 'sig' }), sealed, delaySeconds])
  }

  private async read(): Promise<void> {
    const records = await this.source.manager.find(SigningKeyEntity, { order: { signsFrom: 'ASC', kid: 'ASC' } })
    const known = new Map(this.keys.map((key) => [key.kid, key]))
    this.keys = records.map((record) => known.get(record.kid) ?? this.opened(record))
  }

  private opened({ kid, publicJwk, privateSealed, signsFrom }: SigningKeyRecord): SigningKey {
    try {
      return { kid, publicJwk, signsFrom, privateKey: createPrivateKey({ key: this.sealer.open(privateSealed, contextOf(kid)), type: 'pkcs8', format: 'der' }) }
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error
      throw new Exit('The keys that sign tokens were sealed with another sealing key: start with the SEALING_KEY that this database was made with.', undefined, error)
    }
  }
}

const contextOf = (kid: string): string => `signing_keys/private_sealed/${kid}`
