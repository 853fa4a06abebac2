import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { RolesModule } from '../roles/roles.module.js'
import { GuestsService } from './guests.service.js'
import { MembershipsService } from './memberships.service.js'
import { UsersRepository } from './users.repository.js'
import { UsersService } from './users.service.js'

@Module({
  imports: [OrgsModule, RightsModule, RolesModule],
  providers: [UsersRepository, UsersService, GuestsService, MembershipsService],
  exports: [UsersRepository, UsersService, GuestsService, MembershipsService],
})
export class UsersModule {}
