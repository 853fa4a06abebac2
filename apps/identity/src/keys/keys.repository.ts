import { Injectable } from '@nestjs/common'
import { type KeyId, type OrgId, type Page, type PageAsk, type UserId, pageOf } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type ApiKey, ApiKeyEntity } from './key.entity.js'
import { type KeyView, keyView } from './key.js'

const mostListed = 10_000

@Injectable()
export class KeysRepository {
  constructor(private readonly source: DataSource) {}

  async insert(tx: EntityManager, key: Pick<ApiKey, 'id' | 'orgId' | 'userId' | 'digest' | 'description' | 'updatedBy'>): Promise<void> {
    await tx.insert(ApiKeyEntity, key)
  }

  async find(orgId: OrgId, userId: UserId, id: KeyId): Promise<KeyView | undefined> {
    const key = await this.source.manager.findOneBy(ApiKeyEntity, { id, orgId, userId })
    return key ? keyView(key) : undefined
  }

  /** The key, held until the transaction ends. */
  async findForUpdate(tx: EntityManager, orgId: OrgId, userId: UserId, id: KeyId): Promise<KeyView | undefined> {
    const key = await tx.findOne(ApiKeyEntity, { where: { id, orgId, userId }, lock: { mode: 'pessimistic_write' } })
    return key ? keyView(key) : undefined
  }

  async findActive(digest: Buffer): Promise<KeyView | undefined> {
    const key = await this.source.manager.findOneBy(ApiKeyEntity, { digest, status: 'ACTIVE' })
    return key ? keyView(key) : undefined
  }

  async listOf(orgId: OrgId, userId: UserId): Promise<readonly KeyView[]> {
    const keys = await this.source.manager.find(ApiKeyEntity, { where: { orgId, userId }, order: { createdAt: 'ASC', id: 'ASC' }, take: mostListed })
    return keys.map(keyView)
  }

  async page(orgId: OrgId, { limit, after }: PageAsk): Promise<Page<KeyView>> {
    const query = this.source.manager.createQueryBuilder(ApiKeyEntity, 'k').where('k.orgId = :orgId', { orgId })
    if (after) query.andWhere('(k.createdAt, k.id) > (:at, :id)', { at: after.at, id: after.id })
    const keys = await query.orderBy('k.createdAt', 'ASC').addOrderBy('k.id', 'ASC').take(limit + 1).getMany()
    const { items, ...rest } = pageOf(keys, limit, ({ createdAt, id }) => ({ at: createdAt, id }))
    return { items: items.map(keyView), ...rest }
  }

  /** Answers when it was. */
  async update(tx: EntityManager, key: Pick<ApiKey, 'id' | 'description' | 'status' | 'updatedBy'>): Promise<Date> {
    const [rows]: [{ updatedAt: Date }[], number] = await tx.query(
      'UPDATE api_keys SET description = $2, status = $3, updated_by = $4, updated_at = now() WHERE id = $1 RETURNING updated_at AS "updatedAt"',
      [key.id, key.description, key.status, key.updatedBy])
    return rows[0]?.updatedAt ?? new Date()
  }

  async holdActiveOf(tx: EntityManager, orgId: OrgId, userId: UserId): Promise<readonly KeyId[]> {
    const rows: { id: KeyId }[] = await tx.query(`SELECT id FROM api_keys WHERE org_id = $1 AND user_id = $2 AND status = 'ACTIVE' ORDER BY id FOR UPDATE`, [orgId, userId])
    return rows.map(({ id }) => id)
  }

  /** By org; held in the order of their ids, as those of one org are. */
  async holdAllActiveOf(tx: EntityManager, userId: UserId): Promise<ReadonlyMap<OrgId, readonly KeyId[]>> {
    const rows: { id: KeyId; orgId: OrgId }[] = await tx.query(`SELECT id, org_id AS "orgId" FROM api_keys WHERE user_id = $1 AND status = 'ACTIVE' ORDER BY id FOR UPDATE`, [userId])
    const byOrg = [...Map.groupBy(rows, ({ orgId }) => orgId)].sort(([one], [other]) => (one < other ? -1 : 1))
    return new Map(byOrg.map(([orgId, keys]) => [orgId, keys.map(({ id }) => id)]))
  }

  async revokeAll(tx: EntityManager, ids: readonly KeyId[]): Promise<void> {
    await tx.query(`UPDATE api_keys SET status = 'REVOKED', updated_at = now() WHERE id = ANY($1)`, [ids])
  }

  async markUsed(ids: readonly KeyId[]): Promise<void> {
    await this.source.query('UPDATE api_keys SET used_at = now() WHERE id = ANY($1) AND (used_at IS NULL OR used_at < now())', [ids])
  }
}
