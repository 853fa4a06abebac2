import { Injectable } from '@nestjs/common'
import type { ObjectKind, OrgId } from '@tenantry/contracts'
import { type DoneDeed, type ObjectAt, hashOf, objectAt } from '@tenantry/deeds'
import type { EntityManager } from 'typeorm'
import { keepDeed } from '../audit/audit.repository.js'
import { orgRecord } from '../orgs/org.record.js'
import type { Standing } from '../rights/standing.js'
import { memberRecord } from '../users/member.record.js'
import type { Leaver } from './end-account.js'

const records = { user: memberRecord, org: orgRecord }

interface Line {
  readonly deed: DoneDeed
  readonly object: ObjectAt | undefined
}

/** Lines of the records of orgs, which are written once everything is done. */
export interface Farewell { keep(tx: EntityManager): void }

/** What the records of orgs say of somebody who deletes their account: in each that they were in, and of each that ended with them. */
@Injectable()
export class Farewells {
  /** Looks at everything as it is before. */
  async begin(tx: EntityManager, leaver: Leaver, standings: readonly Standing[], ending: ReadonlySet<OrgId>): Promise<Farewell> {
    const lines: Line[] = []
    for (const { orgId } of standings) {
      lines.push(await this.line(tx, leaver, orgId, 'deleteAccount', 'user', leaver.userId))
      if (ending.has(orgId)) lines.push(await this.line(tx, leaver, orgId, 'deleteOrg', 'org', orgId))
    }
    return { keep: (after) => { for (const { deed, object } of lines) keepDeed(after, deed, object) } }
  }

  private async line(tx: EntityManager, { userId, sessionId, address, requestId }: Leaver, org: OrgId, action: string, kind: ObjectKind, id: string): Promise<Line> {
    const object = objectAt(records, kind, org, id)
    return {
      object,
      deed: {
        org_id: org, actor_id: userId, credential_kind: 'session', credential_id: sessionId, action, object_kind: kind, object_id: id,
        before_hash: await hashOf(tx, object), address, request_id: requestId, at: new Date().toISOString(),
      },
    }
  }
}
