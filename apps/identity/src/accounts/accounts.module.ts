import { Module } from '@nestjs/common'
import { DataSource } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { AccountsRepository } from './accounts.repository.js'
import { AccountsService } from './accounts.service.js'
import { Passwords } from './passwords.js'
import { provePepper } from './pepper.js'

const passwords = {
  provide: Passwords,
  inject: [DataSource, CONFIG],
  useFactory: async (source: DataSource, config: IdentityConfig) => {
    await provePepper(source, config.pepper)
    return await Passwords.create(config.pepper, config.bcryptCost)
  },
}

@Module({ providers: [AccountsRepository, AccountsService, passwords], exports: [AccountsService, Passwords] })
export class AccountsModule {}
