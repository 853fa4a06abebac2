import { Injectable } from '@nestjs/common'
import { type DatabaseId, type OrderOf, type OrgId, type PageAsk, operatorId, pageOf, placeOf } from '@tenantry/contracts'
import { type OperatorDeed, OperatorDeeds } from '@tenantry/deeds'
import type { OrderFrom, Orders } from '@tenantry/events'
import { missing } from '../databases/database.moves.js'
import { RepairService } from '../databases/repair.service.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { MembershipsService } from '../users/memberships.service.js'
import { OperatorsRepository } from './operators.repository.js'

const placed = ({ createdAt, id }: { readonly createdAt: Date; readonly id: string }) => ({ at: createdAt, id })
const pageAsked = ({ limit, next }: { readonly limit: number; readonly next?: string | undefined }): PageAsk => ({ limit, ...(next !== undefined && { after: placeOf(next) }) })

/** What operators are shown of all orgs, and what they mend. Each change is a line in the record of the org that it is about. */
@Injectable()
export class OperatorsService {
  constructor(private readonly seen: OperatorsRepository, private readonly deeds: OperatorDeeds, private readonly memberships: MembershipsService,
    private readonly quotas: QuotasService, private readonly repair: RepairService) {}

  /** The orders of operators that the control plane obeys. */
  orders(): Orders {
    return {
      'control.orgs.list': async (ask) => pageOf(await this.seen.orgs(pageAsked(ask), ask.org_id), ask.limit, placed),
      'control.members.find': async ({ user_ids }) => await this.seen.membersOf(user_ids),
      'control.databases.list': async (ask) => pageOf(await this.seen.databases(pageAsked(ask), ask.stuck), ask.limit, placed),
      'control.org.add-owner': (ask, from) => this.addOwner(ask, from),
      'control.org.set-limit': ({ org_id: org, quota, max }, from) => this.changed('setLimit', org, from, { kind: 'org', id: org }, () => this.quotas.setOwn(org, quota, max)),
      'control.member.move': (ask, from) => this.moveMember(ask, from),
      'control.database.retry': ({ database_id: id }, from) => this.onDatabase('retryDatabase', id, from, (org) => this.repair.retry(org, id)),
      'control.database.purge': ({ database_id: id, name }, from) => this.onDatabase('purgeDatabase', id, from, (org) => this.repair.purge(org, id, name)),
    }
  }

  private async addOwner({ org_id: org, user_id: user }: OrderOf<'control.org.add-owner'>, from: OrderFrom): Promise<unknown> {
    return await this.changed('addOwner', org, from, { kind: 'user', id: user }, () => this.memberships.seatOwner(org, user, operatorId))
  }

  private async moveMember({ org_id: org, user_id: user, status, by = operatorId }: OrderOf<'control.member.move'>, from: OrderFrom): Promise<unknown> {
    const move = status === 'Active' ? 'activate' : 'deactivate'
    return await this.changed(`${move}User`, org, from, { kind: 'user', id: user }, () => this.memberships[move](org, user, by))
  }

  private async onDatabase(action: string, id: DatabaseId, from: OrderFrom, work: (org: OrgId) => Promise<unknown>): Promise<unknown> {
    const org = await this.seen.orgOf(id)
    if (!org) throw missing()
    return await this.changed(action, org, from, { kind: 'database', id }, () => work(org))
  }

  private async changed(action: string, org: OrgId, from: OrderFrom, object: OperatorDeed['object'], work: () => Promise<unknown>): Promise<unknown> {
    return await this.deeds.run({ action, org, object, from }, async () => await work() ?? null)
  }
}
