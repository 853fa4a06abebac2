import { Module } from '@nestjs/common'
import { RightsModule } from '../rights/rights.module.js'
import { RolesRepository } from './roles.repository.js'
import { RolesService } from './roles.service.js'

@Module({ imports: [RightsModule], providers: [RolesRepository, RolesService], exports: [RolesService] })
export class RolesModule {}
