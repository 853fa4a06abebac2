import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { UsersModule } from '../users/users.module.js'
import { InvitesRepository } from './invites.repository.js'
import { InvitesService } from './invites.service.js'
import { JoinByInvite } from './join-by-invite.js'
import { MoveUser } from './move-user.js'

@Module({
  imports: [OrgsModule, RightsModule, UsersModule],
  providers: [InvitesRepository, InvitesService, JoinByInvite, MoveUser],
  exports: [InvitesService, JoinByInvite, MoveUser],
})
export class InvitesModule {}
