import { Injectable } from '@nestjs/common'
import type { AnswerOf, KeyId, OrgId, SessionId, UserId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import { RevocationsRepository } from './revocations.repository.js'

/** Takes back, and tells everybody twice: by an event at once, and in a feed that can be read again. */
@Injectable()
export class RevocationsService {
  constructor(private readonly revocations: RevocationsRepository, private readonly outbox: Outbox) {}

  async endSession(tx: EntityManager, userId: UserId, sessionId: SessionId): Promise<void> {
    this.outbox.append(tx, 'identity.session.ended', { userId, sessionId })
    await this.revocations.append(tx, { kind: 'session', id: sessionId })
  }

  async revokeKey(tx: EntityManager, orgId: OrgId, userId: UserId, keyId: KeyId): Promise<void> {
    this.outbox.append(tx, 'identity.key.revoked', { orgId, userId, keyId })
    await this.revocations.append(tx, { kind: 'key', id: keyId })
  }

  async raiseEpoch(tx: EntityManager, userId: UserId, epoch: number): Promise<void> {
    this.outbox.append(tx, 'identity.user.epoch-raised', { userId, epoch })
    await this.revocations.append(tx, { kind: 'user', id: userId, epoch })
  }

  since(seq: number): Promise<AnswerOf<'identity.revocations.since'>> {
    return this.revocations.since(seq)
  }

  clean(): Promise<void> {
    return this.revocations.clean()
  }
}
