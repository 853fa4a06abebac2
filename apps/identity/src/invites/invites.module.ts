import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { LinksModule } from '../links/links.module.js'
import { MailModule } from '../mail/mail.module.js'
import { SessionsModule } from '../sessions/sessions.module.js'
import { AcceptInvite } from './accept-invite.js'
import { InvitesConsumer } from './invites.consumer.js'

@Module({ imports: [AccountsModule, LimitsModule, LinksModule, MailModule, SessionsModule], controllers: [InvitesConsumer], providers: [AcceptInvite], exports: [AcceptInvite] })
export class InvitesModule {}
