import { Inject, Injectable } from '@nestjs/common'
import type { Principal } from '@tenantry/contracts'
import type { ControlPlaneConfig } from '../config.js'
import { OrgsService } from '../orgs/orgs.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { ShapesService } from '../shapes/shapes.service.js'
import { type ToldLimit, toldLimits } from './limits.js'

@Injectable()
export class LimitsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'limits'>, private readonly orgs: OrgsService, private readonly shapes: ShapesService) {}

  /** What holds here, for the caller's org. Throws OrgNotFound. */
  async list(caller: Principal): Promise<readonly ToldLimit[]> {
    const [{ databasesMax }, { storageBytes }] = await Promise.all([this.orgs.get(caller, caller.orgId), this.shapes.wished(undefined)])
    return toldLimits(this.config.limits, { databases: databasesMax, databaseBytes: storageBytes })
  }
}
