import { createHash } from 'node:crypto'
import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { AuthModule } from '@tenantry/auth'
import { DeedsModule } from '@tenantry/deeds'
import { type Sealer, createSealer, deriveKey } from '@tenantry/secrets'
import type { DataSource } from 'typeorm'
import { keepDeed } from './audit/audit.repository.js'
import type { ControlPlaneConfig } from './config.js'
import { credentialRecord } from './credentials/credential.record.js'
import { databaseRecord } from './databases/database.record.js'
import { FeaturebaseModule } from './http/featurebase/featurebase.module.js'
import { inviteRecord } from './invites/invite.record.js'
import { OperatorsModule } from './operators/operators.module.js'
import { orgRecord } from './orgs/org.record.js'
import { PlatformModule } from './platform/platform.module.js'
import { roleRecord } from './roles/role.record.js'
import { memberRecord } from './users/member.record.js'

const records = { database: databaseRecord, org: orgRecord, user: memberRecord, invite: inviteRecord, credential: credentialRecord, role: roleRecord }

/** Answers with a password are kept for minutes, and opened by this service alone. */
const sealerOf = ({ internalToken }: Pick<ControlPlaneConfig, 'internalToken'>): Sealer =>
  createSealer(deriveKey(createHash('sha256').update(internalToken).digest(), 'control-plane/repeats'))

@Module({})
export class AppModule {
  static with(config: ControlPlaneConfig, source: DataSource, parts: Parts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, source, parts), AuthModule.with(parts.gatekeeper), DeedsModule.with({ records, keep: keepDeed, sealer: sealerOf(config) }), FeaturebaseModule, OperatorsModule,
      ],
    }
  }
}
