import { Inject, Injectable } from '@nestjs/common'
import { type ObjectKind, type OrgId, operatorId } from '@tenantry/contracts'
import { asOneTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { type DeedRules, deedRules } from './deeds.interceptor.js'
import { type DoneDeed, hashOf, objectAt } from './entry.js'

export interface OperatorDeed {
  readonly action: string
  readonly org: OrgId
  readonly object: { readonly kind: ObjectKind; readonly id: string }
  readonly from: { readonly address: string; readonly requestId: string }
}

/** What an operator does to an org's things: it is written down in the org's record, in its own transaction, like what the org's people do. */
@Injectable()
export class OperatorDeeds {
  constructor(@Inject(deedRules) private readonly rules: DeedRules, private readonly source: DataSource) {}

  /** Whatever `work` asks of the service's tables joins the transaction. */
  async run<T>(deed: OperatorDeed, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const object = objectAt(this.rules.records, deed.object.kind, deed.org, deed.object.id)
    return await asOneTransaction(this.source, async (tx) => {
      const before = await hashOf(tx, object)
      const answer = await work(tx)
      await this.rules.keep(tx, doneBy(deed, before), object)
      return answer
    })
  }
}

const doneBy = ({ action, org, object, from }: OperatorDeed, before: string | null): DoneDeed => ({
  org_id: org,
  actor_id: operatorId,
  credential_kind: 'operator',
  credential_id: operatorId,
  action,
  object_kind: object.kind,
  object_id: object.id,
  before_hash: before,
  address: from.address,
  request_id: from.requestId,
  at: new Date().toISOString(),
})
