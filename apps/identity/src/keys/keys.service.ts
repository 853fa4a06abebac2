import { createHmac } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { apiKeyDigest, may, newApiKey } from '@tenantry/auth'
import { type AnswerOf, type KeyId, type OrgId, type Page, type PageAsk, type Principal, Problem, type Rights, type ShownFrom, type UserId, newId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { deriveKey } from '@tenantry/secrets'
import { DataSource, type EntityManager } from 'typeorm'
import { factsIn } from '../accounts/account.js'
import { AccountsService } from '../accounts/accounts.service.js'
import type { IdentityConfig } from '../config.js'
import { Limits } from '../limits/limits.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { RevocationsService } from '../revocations/revocations.service.js'
import { KeyQuotas } from './key-quotas.service.js'
import type { KeyChange, KeyView } from './key.js'
import { KeysRepository } from './keys.repository.js'

/** API keys. To who may not see a key, or whose keys they are, it does not exist. */
@Injectable()
export class KeysService {
  private readonly pepper: Buffer

  constructor(@Inject(CONFIG) config: Pick<IdentityConfig, 'pepper'>, private readonly source: DataSource, private readonly keys: KeysRepository,
    private readonly accounts: AccountsService, private readonly revocations: RevocationsService, private readonly limits: Limits, private readonly outbox: Outbox,
    private readonly quotas: KeyQuotas) {
    this.pepper = deriveKey(config.pepper, 'identity/api-keys')
  }

  /** Only its owner makes a key. The secret is in the answer and nowhere else. Throws ResourceLimitExceeded. */
  async create(caller: Principal, owner: UserId, description: string): Promise<{ readonly id: KeyId; readonly secret: string }> {
    if (owner !== caller.userId) throw noUser()
    const id = newId<KeyId>()
    const secret = newApiKey(id)
    const key = { id, orgId: caller.orgId, userId: owner, description, digest: this.peppered(apiKeyDigest(secret)), updatedBy: owner }
    await inTransaction(this.source, async (tx) => {
      if (!await this.accounts.hold(tx, owner)) throw noUser()
      await this.keys.insert(tx, key)
      this.outbox.append(tx, 'identity.key.created', { orgId: caller.orgId, userId: owner, keyId: id })
      await this.quotas.take(tx, caller.orgId)
    })
    return { id, secret }
  }

  async list(caller: Principal, rights: Rights, owner: UserId): Promise<readonly KeyView[]> {
    if (owner !== caller.userId && !(may(rights, 'keys:list') && await this.isOfOrg(caller.orgId, owner))) throw noUser()
    return await this.keys.listOf(caller.orgId, owner)
  }

  async get(caller: Principal, rights: Rights, owner: UserId, id: KeyId): Promise<KeyView> {
    const key = owner === caller.userId || may(rights, 'keys:list') ? await this.keys.find(caller.orgId, owner, id) : undefined
    if (!key) throw noKey()
    return key
  }

  /** Renames or revokes. A revoked key stays revoked. */
  async update(caller: Principal, rights: Rights, owner: UserId, id: KeyId, change: KeyChange): Promise<KeyView> {
    if (owner !== caller.userId && !may(rights, 'keys:revoke')) throw noKey()
    return await inTransaction(this.source, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.orgId, owner, id)
      if (!key) throw noKey()
      const { description = key.description, status = key.status } = change
      if (key.status === 'REVOKED' && status === 'ACTIVE') throw new Problem('KeyRevoked', 'A revoked key stays revoked; create another one.')
      const updatedAt = await this.keys.update(tx, { id, description, status, updatedBy: caller.userId })
      if (status !== key.status) {
        await this.revocations.revokeKey(tx, key.orgId, owner, id)
        await this.quotas.giveBack(tx, key.orgId)
      }
      return { ...key, description, status, updatedAt, updatedBy: caller.userId }
    })
  }

  /** The keys that a user has in an org, held until the transaction ends, so that `revokeHeld` waits for nobody. */
  async hold(tx: EntityManager, org: OrgId, user: UserId): Promise<readonly KeyId[]> {
    return await this.keys.holdActiveOf(tx, org, user)
  }

  /** The same in every org. */
  async holdAll(tx: EntityManager, user: UserId): Promise<ReadonlyMap<OrgId, readonly KeyId[]>> {
    return await this.keys.holdAllActiveOf(tx, user)
  }

  /** Revokes keys of a user who has left the org. */
  async revokeHeld(tx: EntityManager, org: OrgId, user: UserId, held: readonly KeyId[]): Promise<void> {
    if (held.length === 0) return
    await this.keys.revokeAll(tx, held)
    for (const id of held) await this.revocations.revokeKey(tx, org, user, id)
    await this.quotas.giveBack(tx, org, held.length)
  }

  async listOrg(caller: Principal, orgId: OrgId, ask: PageAsk): Promise<Page<KeyView>> {
    if (orgId !== caller.orgId) throw new Problem('OrgNotFound', 'There is no such org.')
    return await this.keys.page(orgId, ask)
  }

  /** Whose key has this digest. Throws KeyNotFound for a key that is not, or is no longer, one; TooManyRequests for too many of those. */
  async verify(digest: string, from?: ShownFrom): Promise<AnswerOf<'identity.key.verify'>> {
    const key = await this.keys.findActive(this.peppered(digest))
    const account = key && await this.accounts.find(key.ownedBy, key.orgId)
    if (!key || !account?.active) {
      if (from) await this.limits.take('key', { ...from, userAgent: '' })
      throw noKey()
    }
    return { keyId: key.id, orgId: key.orgId, userId: account.id, epoch: account.epoch, account: factsIn(key.orgId, account) }
  }

  async markUsed(ids: readonly KeyId[]): Promise<void> {
    await this.keys.markUsed(ids)
  }

  private async isOfOrg(orgId: OrgId, user: UserId): Promise<boolean> {
    return (await this.accounts.find(user))?.orgId === orgId
  }

  private peppered(digest: string): Buffer {
    return createHmac('sha256', this.pepper).update(digest, 'hex').digest()
  }
}

const noKey = (): Problem => new Problem('KeyNotFound', 'There is no such key.')
const noUser = (): Problem => new Problem('UserNotFound', 'There is no such user.')
