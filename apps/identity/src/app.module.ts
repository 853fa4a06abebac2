import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { AuthModule } from '@tenantry/auth'
import { type DeedRules, DeedsModule, hashOf } from '@tenantry/deeds'
import { createSealer, deriveKey } from '@tenantry/secrets'
import type { DataSource } from 'typeorm'
import type { IdentityConfig } from './config.js'
import { FeaturebaseModule } from './http/featurebase/featurebase.module.js'
import { keyRecord } from './keys/key.record.js'
import { OperatorsModule } from './operators/operators.module.js'
import { PlatformModule } from './platform/platform.module.js'

@Module({})
export class AppModule {
  static with(config: IdentityConfig, source: DataSource, parts: Parts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, source, parts), AuthModule.with(parts.gatekeeper), DeedsModule.with(deedRules(config, parts)), FeaturebaseModule, OperatorsModule,
      ],
    }
  }
}

/** What is done here is written down by the control plane, which learns of it like of everything else. */
const deedRules = ({ sealingKey }: IdentityConfig, { outbox }: Parts): DeedRules => ({
  records: { key: keyRecord },
  keep: async (tx, deed, object) => outbox.append(tx, 'identity.deed.done', { orgId: deed.org_id, entry: { ...deed, after_hash: await hashOf(tx, object) } }),
  sealer: createSealer(deriveKey(sealingKey, 'identity/repeats')),
})
