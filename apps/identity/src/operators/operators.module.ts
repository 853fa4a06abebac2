import { Module } from '@nestjs/common'
import { AccountsModule } from '../accounts/accounts.module.js'
import { KeysModule } from '../keys/keys.module.js'
import { LimitsModule } from '../limits/limits.module.js'
import { LinksModule } from '../links/links.module.js'
import { OperatorsRepository } from './operators.repository.js'
import { OperatorsService } from './operators.service.js'

@Module({ imports: [AccountsModule, KeysModule, LimitsModule, LinksModule], providers: [OperatorsRepository, OperatorsService], exports: [OperatorsService] })
export class OperatorsModule {}
