import { RepeatEntity } from '@tenantry/deeds'
import { createSource } from '@tenantry/persistence'
import type { DataSource } from 'typeorm'
import { AuditEntity, AuditHeadEntity } from './audit/audit.entity.js'
import type { ControlPlaneConfig } from './config.js'
import { CredentialEntity } from './credentials/credential.entity.js'
import { DatabaseEntity, DatabaseMoveEntity } from './databases/database.entity.js'
import { DocumentEntity } from './databases/document.entity.js'
import { FeedEntity, FeedHeadEntity } from './feed/feed.entity.js'
import { InviteEntity } from './invites/invite.entity.js'
import { AdminVersions1795350000000 } from './migrations/admin-versions.js'
import { BitmapShape1795360000000 } from './migrations/bitmap-shape.js'
import { Credentials1795372000000 } from './migrations/credentials.js'
import { Documents1795374000000 } from './migrations/documents.js'
import { EndedOrgs1795352000000 } from './migrations/ended-orgs.js'
import { EndedPeople1795353000000 } from './migrations/ended-people.js'
import { EventFeed1795342000000 } from './migrations/event-feed.js'
import { FirstRecords1732233600000 } from './migrations/first-records.js'
import { Invites1795351000000 } from './migrations/invites.js'
import { OptionsAsTheyCame1763780400000 } from './migrations/options-as-they-came.js'
import { Placements1795371000000 } from './migrations/placements.js'
import { Quotas1795341600000 } from './migrations/quotas.js'
import { PeopleAndRights1795342500000 } from './migrations/people-and-rights.js'
import { RepeatsAndAudit1795345200000 } from './migrations/repeats-and-audit.js'
import { OrgEntity } from './orgs/org.entity.js'
import { PlacementEntity } from './placements/placement.entity.js'
import { MemberRoleEntity, RoleEntity } from './roles/role.entity.js'
import { ShapeEntity } from './shapes/shape.entity.js'
import { MembershipEntity, UserEntity } from './users/user.entity.js'

export const schema = 'control_plane'

export const controlPlaneSource = ({ databaseUrl, poolSize }: Pick<ControlPlaneConfig, 'databaseUrl' | 'poolSize'>): DataSource => createSource({
  url: databaseUrl,
  schema,
  entities: [OrgEntity, UserEntity, MembershipEntity, InviteEntity, RoleEntity, MemberRoleEntity, ShapeEntity, PlacementEntity, CredentialEntity, DatabaseEntity, DatabaseMoveEntity, DocumentEntity, FeedEntity, FeedHeadEntity, AuditEntity, AuditHeadEntity, RepeatEntity],
  migrations: [FirstRecords1732233600000, OptionsAsTheyCame1763780400000, Quotas1795341600000, EventFeed1795342000000, PeopleAndRights1795342500000, RepeatsAndAudit1795345200000, AdminVersions1795350000000, Invites1795351000000, EndedOrgs1795352000000, EndedPeople1795353000000, BitmapShape1795360000000, Placements1795371000000, Credentials1795372000000, Documents1795374000000],
  poolSize,
})
