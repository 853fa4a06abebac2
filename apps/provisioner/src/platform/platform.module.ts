import { type DynamicModule, Module } from '@nestjs/common'
import type { EngineName } from '@tenantry/contracts'
import type { Engine } from '@tenantry/engines-contract'
import { Outbox } from '@tenantry/events'
import type { Logger } from '@tenantry/service'
import { DataSource } from 'typeorm'
import type { ProvisionerConfig } from '../config.js'

export const CONFIG = Symbol('provisioner config')
export const ENGINES = Symbol('engines')
export const LOGGER = Symbol('logger')

export interface Given {
  readonly config: ProvisionerConfig
  readonly source: DataSource
  readonly outbox: Outbox
  readonly engines: Readonly<Partial<Record<EngineName, Engine>>>
  readonly logger: Logger
}

/** What every feature may ask for. */
@Module({})
export class PlatformModule {
  static with(given: Given): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: given.config },
      { provide: ENGINES, useValue: given.engines },
      { provide: LOGGER, useValue: given.logger },
      { provide: DataSource, useValue: given.source },
      { provide: Outbox, useValue: given.outbox },
    ]
    return { module: PlatformModule, global: true, providers, exports: providers }
  }
}
