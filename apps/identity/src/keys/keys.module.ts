import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { RevocationsModule } from '../revocations/revocations.module.js'
import { KeysConsumer } from './keys.consumer.js'
import { KeysRepository } from './keys.repository.js'
import { KeysService } from './keys.service.js'

@Module({ imports: [AccountsModule, LimitsModule, RevocationsModule], controllers: [KeysConsumer], providers: [KeysRepository, KeysService], exports: [KeysService] })
export class KeysModule {}
