import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { LinksModule } from '../links/links.module.js'
import { MailModule } from '../mail/mail.module.js'
import { SessionsModule } from '../sessions/sessions.module.js'
import { Recovery } from './recovery.service.js'

@Module({ imports: [AccountsModule, LimitsModule, SessionsModule, LinksModule, MailModule], providers: [Recovery], exports: [Recovery, LinksModule, MailModule, AccountsModule] })
export class RecoveryModule {}
