import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { KeysModule } from '../keys/keys.module.js'
import { RevocationsModule } from '../revocations/revocations.module.js'
import { SessionsModule } from '../sessions/sessions.module.js'
import { DeleteAccount } from './delete-account.js'
import { EraseAccount } from './erase-account.js'
import { LeavingConsumer } from './leaving.consumer.js'
import { LeavingRepository } from './leaving.repository.js'

@Module({ imports: [AccountsModule, KeysModule, RevocationsModule, SessionsModule], controllers: [LeavingConsumer], providers: [LeavingRepository, EraseAccount, DeleteAccount], exports: [DeleteAccount] })
export class LeavingModule {}
