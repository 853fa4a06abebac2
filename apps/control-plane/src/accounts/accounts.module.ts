import { Module } from '@nestjs/common'
import { InvitesModule } from '../invites/invites.module.js'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { UsersModule } from '../users/users.module.js'
import { AccountsConsumer } from './accounts.consumer.js'
import { MeetAccount } from './meet-account.js'

@Module({ imports: [OrgsModule, RightsModule, UsersModule, InvitesModule], controllers: [AccountsConsumer], providers: [MeetAccount], exports: [MeetAccount] })
export class AccountsModule {}
