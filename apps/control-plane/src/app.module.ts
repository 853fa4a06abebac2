import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { AuthModule } from '@tenantry/auth'
import type { DataSource } from 'typeorm'
import type { ControlPlaneConfig } from './config.js'
import { FeaturebaseModule } from './http/featurebase/featurebase.module.js'
import { PlatformModule } from './platform/platform.module.js'

@Module({})
export class AppModule {
  static with(config: ControlPlaneConfig, source: DataSource, parts: Parts): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(config, source, parts), AuthModule.with(parts.gatekeeper), FeaturebaseModule] }
  }
}
