import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { AuthModule } from '@tenantry/auth'
import { DeedsModule } from '@tenantry/deeds'
import type { DataSource } from 'typeorm'
import { keepDeed } from './audit/audit.repository.js'
import type { ControlPlaneConfig } from './config.js'
import { databaseRecord } from './databases/database.record.js'
import { FeaturebaseModule } from './http/featurebase/featurebase.module.js'
import { inviteRecord } from './invites/invite.record.js'
import { OperatorsModule } from './operators/operators.module.js'
import { orgRecord } from './orgs/org.record.js'
import { PlatformModule } from './platform/platform.module.js'
import { roleRecord } from './roles/role.record.js'
import { memberRecord } from './users/member.record.js'

const records = { database: databaseRecord, org: orgRecord, user: memberRecord, invite: inviteRecord, role: roleRecord }

@Module({})
export class AppModule {
  static with(config: ControlPlaneConfig, source: DataSource, parts: Parts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, source, parts), AuthModule.with(parts.gatekeeper), DeedsModule.with({ records, keep: keepDeed }), FeaturebaseModule, OperatorsModule,
      ],
    }
  }
}
