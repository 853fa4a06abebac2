import { Injectable } from '@nestjs/common'
import type { UserId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { KeysService } from '../keys/keys.service.js'
import { RevocationsService } from '../revocations/revocations.service.js'
import { LeavingRepository } from './leaving.repository.js'

/**
 * Takes away all that an account was, once its person has left every org. A mark stays, so that its id is nobody's again. Done twice
 * is done once, and the second time takes what may have come in between.
 */
@Injectable()
export class EraseAccount {
  constructor(private readonly leaving: LeavingRepository, private readonly keys: KeysService, private readonly revocations: RevocationsService) {}

  async run(tx: EntityManager, userId: UserId): Promise<void> {
    // The order in which those lock who take the news of a membership, or spend a link: standings, links, keys, the account, the feed.
    await this.leaving.dropStandings(tx, userId)
    await this.leaving.dropLinks(tx, userId)
    const keys = await this.keys.holdAll(tx, userId)
    const last = await this.leaving.end(tx, userId)
    await this.leaving.dropLinks(tx, userId)
    await this.leaving.dropSessions(tx, userId)
    await this.leaving.forget(tx, userId)
    if (last) {
      await this.leaving.dropMail(tx, last)
      await this.revocations.raiseEpoch(tx, userId, last.epoch)
    }
    for (const [org, held] of keys) await this.keys.revokeHeld(tx, org, userId, held)
  }
}
