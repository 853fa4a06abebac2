import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsRepository } from './rights.repository.js'
import { RightsService } from './rights.service.js'

@Module({ imports: [OrgsModule], providers: [RightsRepository, RightsService], exports: [RightsService] })
export class RightsModule {}
