import { Injectable } from '@nestjs/common'
import type { OrgId, UserId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Org, OrgEntity } from './org.entity.js'

/** What a caller may change of an org; what is undefined stays as it is. */
export type OrgChange = { readonly [K in 'name' | 'companyName' | 'address' | 'techEmail' | 'billingEmail']?: Org[K] | undefined }
export type NewOrg = Pick<Org, 'id' | 'name' | 'techEmail' | 'billingEmail' | 'databasesMax' | 'updatedBy'>

@Injectable()
export class OrgsRepository {
  constructor(private readonly source: DataSource) {}

  async find(id: OrgId): Promise<Org | undefined> {
    return await this.source.manager.findOneBy(OrgEntity, { id }) ?? undefined
  }

  /** Makes the org unless it is there: its id was drawn elsewhere, and whoever comes second changes nothing. */
  async insertOnce(tx: EntityManager, org: NewOrg): Promise<void> {
    await tx.createQueryBuilder().insert().into(OrgEntity).values(org).orIgnore().execute()
  }

  async update(id: OrgId, change: OrgChange, by: UserId): Promise<void> {
    await this.source.manager.update(OrgEntity, { id }, { ...defined(change), updatedAt: () => 'now()', updatedBy: by })
  }
}

const defined = (change: OrgChange): Partial<Org> => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
