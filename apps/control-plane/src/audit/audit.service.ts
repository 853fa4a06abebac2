import { Injectable } from '@nestjs/common'
import { type AuditLine, type OrgId, type Page, type PageAsk, type Principal, Problem, pageOf } from '@tenantry/contracts'
import { type AuditFilter, AuditRepository } from './audit.repository.js'

const together = 500

/** Reads the record of deeds. It is written where the deeds are done. */
@Injectable()
export class AuditService {
  constructor(private readonly audit: AuditRepository) {}

  /** Newest first. Throws OrgNotFound for any org but the caller's own. */
  async list(caller: Principal, org: OrgId, filter: AuditFilter, { limit, after }: PageAsk): Promise<Page<AuditLine>> {
    mustBeOwn(caller, org)
    const lines = await this.audit.list(org, filter, { before: after && Number(after.id), order: 'DESC', limit: limit + 1 })
    return pageOf(lines, limit, ({ at, number }) => ({ at: new Date(at), id: String(number) }))
  }

  /** All that was there when it was asked for, oldest first, some lines at a time: a reader that is slow holds no more than those. */
  async export(caller: Principal, org: OrgId, filter: AuditFilter): Promise<AsyncGenerator<readonly AuditLine[]>> {
    mustBeOwn(caller, org)
    return this.upTo(await this.audit.last(org), org, filter)
  }

  private async* upTo(last: number, org: OrgId, filter: AuditFilter): AsyncGenerator<readonly AuditLine[]> {
    for (let after = 0; after < last;) {
      const lines = await this.audit.list(org, filter, { after, before: last + 1, order: 'ASC', limit: together })
      yield lines
      after = lines.length < together ? last : lines.at(-1)?.number ?? last
    }
  }
}

const mustBeOwn = (caller: Principal, org: OrgId): void => {
  if (org !== caller.orgId) throw new Problem('OrgNotFound', 'There is no such org.')
}
