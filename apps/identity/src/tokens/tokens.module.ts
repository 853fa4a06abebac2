import { Module } from '@nestjs/common'
import { createSealer, deriveKey } from '@tenantry/secrets'
import { DataSource } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { Keyring, keyringRules } from './keyring.js'
import { TokensService } from './tokens.service.js'

const keyring = {
  provide: Keyring,
  inject: [DataSource, CONFIG],
  useFactory: (source: DataSource, config: IdentityConfig) =>
    Keyring.open(source, createSealer(deriveKey(config.sealingKey, 'identity/signing-keys')), keyringRules(config.rotateKeysDays, config.keyLeadSeconds)),
}

@Module({ providers: [keyring, TokensService], exports: [Keyring, TokensService] })
export class TokensModule {}
