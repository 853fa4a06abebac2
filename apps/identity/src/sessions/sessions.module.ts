import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { KeysModule } from '../keys/keys.module.js'
import { MailModule } from '../mail/mail.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { RevocationsModule } from '../revocations/revocations.module.js'
import { TokensModule } from '../tokens/tokens.module.js'
import { LogIn } from './log-in.js'
import { SessionsConsumer } from './sessions.consumer.js'
import { SessionsRepository } from './sessions.repository.js'
import { SessionsService } from './sessions.service.js'
import { SignUp } from './sign-up.js'
import { SignUpDoor } from './sign-up-door.js'
import { SuccessorSealer } from './successor-sealer.js'

@Module({
  imports: [AccountsModule, KeysModule, LimitsModule, MailModule, TokensModule, RevocationsModule],
  controllers: [SessionsConsumer],
  providers: [SessionsRepository, SessionsService, SuccessorSealer, LogIn, SignUpDoor, SignUp],
  exports: [SessionsService, LogIn, SignUp, LimitsModule],
})
export class SessionsModule {}
