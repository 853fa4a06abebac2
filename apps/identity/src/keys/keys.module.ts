import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { RevocationsModule } from '../revocations/revocations.module.js'
import { KeyQuotasRepository } from './key-quotas.repository.js'
import { KeyQuotas } from './key-quotas.service.js'
import { KeysConsumer } from './keys.consumer.js'
import { KeysRepository } from './keys.repository.js'
import { KeysService } from './keys.service.js'

@Module({
  imports: [AccountsModule, LimitsModule, RevocationsModule],
  controllers: [KeysConsumer],
  providers: [KeysRepository, KeysService, KeyQuotasRepository, KeyQuotas],
  exports: [KeysService, KeyQuotas],
})
export class KeysModule {}
