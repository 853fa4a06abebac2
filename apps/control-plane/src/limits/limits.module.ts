import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { ShapesModule } from '../shapes/shapes.module.js'
import { LimitsService } from './limits.service.js'

@Module({ imports: [OrgsModule, ShapesModule], providers: [LimitsService], exports: [LimitsService] })
export class LimitsModule {}
