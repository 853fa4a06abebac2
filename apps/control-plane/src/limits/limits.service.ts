import { Inject, Injectable } from '@nestjs/common'
import type { Principal } from '@tenantry/contracts'
import type { ControlPlaneConfig } from '../config.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { ShapesService } from '../shapes/shapes.service.js'
import { type Quota, type ToldLimit, toldLimits } from './limits.js'

@Injectable()
export class LimitsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'limits'>, private readonly quotas: QuotasService, private readonly shapes: ShapesService) {}

  /** What holds here, for the caller's org. Throws OrgNotFound. */
  async list(caller: Principal): Promise<readonly ToldLimit[]> {
    const [{ used, max }, { storageBytes: databaseBytes }] = await Promise.all([this.quotas.of(caller.orgId), this.shapes.wished(undefined)])
    const quota = (name: keyof typeof used): Quota => ({ value: max[name], used: used[name] })
    return toldLimits(this.config.limits, { databases: quota('databases'), users: quota('users'), storageBytes: quota('storageBytes'), databaseBytes })
  }
}
