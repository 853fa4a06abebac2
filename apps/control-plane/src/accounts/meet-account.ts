import { Inject, Injectable } from '@nestjs/common'
import type { AccountFacts, OrgId, Rights, UserId } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import { JoinByInvite } from '../invites/join-by-invite.js'
import { OrgsService } from '../orgs/orgs.service.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { RightsService } from '../rights/rights.service.js'
import { UsersRepository } from '../users/users.repository.js'

export interface Account extends AccountFacts {
  readonly orgId: OrgId
  readonly userId: UserId
}

/**
 * Makes the records of an account that identity has registered: by the event, or by the first verified token that names it,
 * whichever comes first. Whoever comes second finds everything there.
 */
@Injectable()
export class MeetAccount {
  constructor(@Inject(CONFIG) private readonly config: ControlPlaneConfig, private readonly source: DataSource, private readonly orgs: OrgsService,
    private readonly quotas: QuotasService, private readonly users: UsersRepository, private readonly known: RightsService, private readonly joining: JoinByInvite) {}

  /** The rights of a caller, whose records are made when they are missing. */
  async rights(account: Account): Promise<Rights> {
    const { orgId, userId, inviteId } = account
    const known = await this.known.find(orgId, userId)
    if (known && known.status !== 'Open') return known
    if (account.founder && !known) await inTransaction(this.source, (tx) => this.run(tx, account))
    if (inviteId) await this.known.changeIn(orgId, (tx) => this.joining.run(tx, { ...account, inviteId, at: new Date() }))
    return await this.known.find(orgId, userId) ?? { status: 'Left', permissions: [], version: 0 }
  }

  async run(tx: EntityManager, account: Account): Promise<void> {
    const { orgId, userId, email, firstname, lastname, serverAdmin, orgName } = account
    if (!await this.users.meet(tx, { id: userId, email, firstname, lastname, serverAdmin, updatedBy: userId })) return
    await this.orgs.found(tx, { id: orgId, name: orgName, techEmail: email, billingEmail: email, databasesMax: this.config.quotas.databases, updatedBy: userId })
    const joins = await this.users.insertMembershipOnce(tx, { orgId, userId, role: 'owner', status: 'Active', updatedBy: userId })
    if (joins) await this.quotas.takeUser(tx, orgId)
  }
}
