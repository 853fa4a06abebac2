import { Inject, Injectable } from '@nestjs/common'
import { type OrgId, type Principal, Problem } from '@tenantry/contracts'
import type { AskInternal } from '@tenantry/events'
import type { ControlPlaneConfig } from '../config.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { ASK, CONFIG } from '../platform/platform.module.js'
import { ShapesService } from '../shapes/shapes.service.js'
import { type Quota, type ToldLimit, toldLimits } from './limits.js'

@Injectable()
export class LimitsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'limits'>, private readonly quotas: QuotasService,
    private readonly shapes: ShapesService, @Inject(ASK) private readonly ask: AskInternal) {}

  /** What holds here, for the caller's org. Throws OrgNotFound. */
  async list(caller: Principal): Promise<readonly ToldLimit[]> {
    const [{ used, max }, { storageBytes: databaseBytes }, keys] = await Promise.all([this.quotas.of(caller.orgId), this.shapes.usual(), this.keysOf(caller.orgId)])
    const quota = (name: keyof typeof used): Quota => ({ value: max[name], used: used[name] })
    return toldLimits(this.config.limits, { databases: quota('databases'), users: quota('users'), keys, storageBytes: quota('storageBytes'), databaseBytes })
  }

  /** The keys are identity's records; while it is away, only what every org may have is known. */
  private async keysOf(orgId: OrgId): Promise<Quota> {
    try {
      const { keys } = await this.ask('identity.quota.find', { orgId })
      return { value: keys.max, used: keys.used }
    } catch (error) {
      if (error instanceof Problem && error.kind === 'unavailable') return { value: this.config.limits.KEYS_PER_ORG }
      throw error
    }
  }
}
