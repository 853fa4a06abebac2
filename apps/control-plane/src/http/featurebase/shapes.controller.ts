import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { getShape, listShapes, presentShape } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { ShapesService } from '../../shapes/shapes.service.js'

@Controller()
export class ShapesController {
  constructor(private readonly shapes: ShapesService) {}

  @On(listShapes)
  async list(@Caller() caller: Principal) {
    return { shapes: (await this.shapes.list()).map(presentShape(caller.orgId)) }
  }

  @On(getShape)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getShape>) {
    return presentShape(caller.orgId)(await this.shapes.get(params.shapename))
  }
}
