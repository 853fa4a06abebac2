import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { type AskInternal, Outbox } from '@tenantry/events'
import { DataSource } from 'typeorm'
import type { IdentityConfig } from '../config.js'

export const CONFIG = Symbol('identity config')
/** Asks another service, as an AskInternal. */
export const ASK = Symbol('ask internal')

/** What every feature may ask for: its configuration, its tables, the outbox, and the other services. */
@Module({})
export class PlatformModule {
  static with(config: IdentityConfig, source: DataSource, { outbox, ask }: Pick<Parts, 'outbox' | 'ask'>): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config }, { provide: DataSource, useValue: source }, { provide: Outbox, useValue: outbox },
        { provide: ASK, useValue: ask satisfies AskInternal },
      ],
      exports: [CONFIG, DataSource, Outbox, ASK],
    }
  }
}
