import { Module } from '@nestjs/common'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { AccountsRepository } from './accounts.repository.js'
import { AccountsService } from './accounts.service.js'
import { Passwords } from './passwords.js'

const passwords = { provide: Passwords, inject: [CONFIG], useFactory: (config: IdentityConfig) => Passwords.create(config.pepper, config.bcryptCost) }

@Module({ providers: [AccountsRepository, AccountsService, passwords], exports: [AccountsService, Passwords] })
export class AccountsModule {}
