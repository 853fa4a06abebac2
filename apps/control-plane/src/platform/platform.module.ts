import { type DynamicModule, Module } from '@nestjs/common'
import { Outbox } from '@tenantry/events'
import { DataSource } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'

export const CONFIG = Symbol('control plane config')

/** What every feature may ask for: its configuration, its tables and the outbox. */
@Module({})
export class PlatformModule {
  static with(config: ControlPlaneConfig, source: DataSource, outbox: Outbox): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }, { provide: DataSource, useValue: source }, { provide: Outbox, useValue: outbox }],
      exports: [CONFIG, DataSource, Outbox],
    }
  }
}
