import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { RolesModule } from '../roles/roles.module.js'
import { MeetAccount } from './meet-account.js'
import { MembershipsService } from './memberships.service.js'
import { UsersConsumer } from './users.consumer.js'
import { UsersRepository } from './users.repository.js'
import { UsersService } from './users.service.js'

@Module({
  imports: [OrgsModule, RightsModule, RolesModule],
  controllers: [UsersConsumer],
  providers: [UsersRepository, UsersService, MembershipsService, MeetAccount],
  exports: [UsersService, MembershipsService, MeetAccount],
})
export class UsersModule {}
