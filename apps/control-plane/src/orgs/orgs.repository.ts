import { Injectable } from '@nestjs/common'
import type { OrgId, UserId } from '@tenantry/contracts'
import { DataSource, type EntityManager, IsNull } from 'typeorm'
import { type Org, OrgEntity } from './org.entity.js'

/** What a caller may change of an org; what is undefined stays as it is. */
export type OrgChange = { readonly [K in 'name' | 'companyName' | 'address' | 'techEmail' | 'billingEmail']?: Org[K] | undefined }
export type NewOrg = Pick<Org, 'id' | 'name' | 'techEmail' | 'billingEmail' | 'databasesMax' | 'updatedBy'>

@Injectable()
export class OrgsRepository {
  constructor(private readonly source: DataSource) {}

  async find(id: OrgId): Promise<Org | undefined> {
    return await this.source.manager.findOneBy(OrgEntity, { id, deletedAt: IsNull() }) ?? undefined
  }

  /** Makes the org unless it is there: its id was drawn elsewhere, and whoever comes second changes nothing. */
  async insertOnce(tx: EntityManager, org: NewOrg): Promise<void> {
    await tx.createQueryBuilder().insert().into(OrgEntity).values(org).orIgnore().execute()
  }

  /** How many databases the org has that are not deleted; until the transaction ends there are no more of them. */
  async databasesOf(tx: EntityManager, id: OrgId): Promise<number> {
    // Apart from the count: only a statement that begins once the lock is held sees what was waited for.
    await tx.query('SELECT 1 FROM orgs WHERE id = $1 FOR UPDATE', [id])
    const [row]: { count: number }[] = await tx.query(`SELECT count(*)::int AS count FROM databases WHERE org_id = $1 AND state <> 'DELETED'`, [id])
    return row?.count ?? 0
  }

  /** Leaves a mark with a name. What was told of people there goes. */
  async end(tx: EntityManager, id: OrgId, by: UserId): Promise<void> {
    await tx.query(
      `UPDATE orgs SET deleted_at = now(), updated_at = now(), updated_by = $2, users_used = 0, company_name = '', address = '', tech_email = '', billing_email = '' WHERE id = $1`, [id, by])
  }

  async update(id: OrgId, change: OrgChange, by: UserId): Promise<void> {
    await this.source.manager.update(OrgEntity, { id }, { ...defined(change), updatedAt: () => 'now()', updatedBy: by })
  }
}

const defined = (change: OrgChange): Partial<Org> => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
