import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { Principal } from '@tenantry/contracts'
import { listLimits, presentLimit } from '@tenantry/dialects-featurebase'
import { On } from '@tenantry/http'
import { LimitsService } from '../../limits/limits.service.js'

@Controller()
export class LimitsController {
  constructor(private readonly limits: LimitsService) {}

  @On(listLimits)
  async list(@Caller() caller: Principal) {
    return { limits: (await this.limits.list(caller)).map(presentLimit) }
  }
}
