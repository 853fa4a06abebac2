import { Injectable } from '@nestjs/common'
import { type AskOf, type OrgId, Problem, type SessionId, type UserId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import { RightsService } from '../rights/rights.service.js'
import type { Standing } from '../rights/standing.js'
import { EndOrg } from './end-org.js'
import { Farewells } from './farewells.js'
import { PeopleRepository } from './people.repository.js'

/** Whoever deletes their account, and what they showed for it. */
export interface Leaver extends Omit<AskOf<'control.account.end'>, 'userId' | 'sessionId'> {
  readonly userId: UserId
  readonly sessionId: SessionId
}

const mostTries = 5

/**
 * Somebody deletes their account: in one transaction they leave every org, and nothing that is kept here names them any more; or
 * nothing of that happens. Done again it is done already.
 */
@Injectable()
export class EndAccount {
  constructor(private readonly rights: RightsService, private readonly people: PeopleRepository, private readonly endOrg: EndOrg, private readonly farewells: Farewells,
    private readonly outbox: Outbox) {}

  /** Throws LastOwner; ServiceUnavailable while they are being brought into other orgs. */
  async run(leaver: Leaver): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      const orgs = await this.rights.orgsOf(leaver.userId)
      if (await this.rights.changeAcross(orgs, (tx) => this.within(tx, orgs, leaver))) return
    }
    throw new Problem('ServiceUnavailable', 'You are being brought into another org at this moment; try again shortly.', { retryAfterSeconds: 1 })
  }

  /** False, with nothing done, where they are in an org that is not held. */
  private async within(tx: EntityManager, held: readonly OrgId[], leaver: Leaver): Promise<boolean> {
    const { userId } = leaver
    if (!await this.people.hold(tx, userId)) return true
    const standings = await this.rights.standingsOf(tx, userId)
    if (standings.some(({ orgId }) => !held.includes(orgId))) return false
    const ending = await this.mayLeave(tx, standings)
    const kept = await this.farewells.begin(tx, leaver, standings, ending)
    // First: whoever hears of it needs not look at each org any more.
    this.outbox.append(tx, 'control.account.ended', { userId })
    for (const standing of standings) await (ending.has(standing.orgId) ? this.endOrg.within(tx, standing.orgId, userId) : this.rights.leave(tx, standing))
    await this.people.erase(tx, userId, leaver.isAddressProven)
    // Last, because each holds its org's chain until the commit.
    kept.keep(tx)
    return true
  }

  /** The orgs that end with them. Throws LastOwner. */
  private async mayLeave(tx: EntityManager, standings: readonly Standing[]): Promise<ReadonlySet<OrgId>> {
    const ending = new Set<OrgId>()
    let orphans = 0
    for (const standing of standings) {
      const fate = await this.rights.fateWithout(tx, standing)
      if (fate === 'ends') ending.add(standing.orgId)
      if (fate === 'is left without an owner') orphans++
    }
    if (orphans > 0) {
      throw new Problem('LastOwner', `You are the last active owner of ${orphans} ${orphans === 1 ? 'org that has' : 'orgs that have'} other people or databases; make somebody else an owner there, or delete what is there, first.`)
    }
    return ending
  }
}
