import { RepeatEntity } from '@tenantry/deeds'
import { createSource } from '@tenantry/persistence'
import type { DataSource } from 'typeorm'
import { AccountEntity } from './accounts/account.entity.js'
import { StandingEntity } from './accounts/standing.entity.js'
import type { IdentityConfig } from './config.js'
import { KeyQuotaEntity } from './keys/key-quota.entity.js'
import { ApiKeyEntity } from './keys/key.entity.js'
import { AllowanceEntity, FamiliarPlaceEntity, GuessesEntity } from './limits/limit.entities.js'
import { LinkEntity } from './links/link.entity.js'
import { LetterEntity } from './mail/letter.entity.js'
import { EndedAccounts1795353000000 } from './migrations/ended-accounts.js'
import { FirstRecords1732233600000 } from './migrations/first-records.js'
import { InviteLinks1795351000000 } from './migrations/invite-links.js'
import { KeyQuotas1795344600000 } from './migrations/key-quotas.js'
import { LimitsAndStandings1763776800000 } from './migrations/limits-and-standings.js'
import { MailAndLinks1795344000000 } from './migrations/mail-and-links.js'
import { Operators1795350000000 } from './migrations/operators.js'
import { Repeats1795345200000 } from './migrations/repeats.js'
import { SecretMarks1763863200000 } from './migrations/secret-marks.js'
import { RefreshTokenEntity, SessionEntity } from './sessions/session.entity.js'
import { SigningKeyEntity } from './tokens/signing-key.entity.js'

export const schema = 'identity'

export const identitySource = ({ databaseUrl, poolSize }: Pick<IdentityConfig, 'databaseUrl' | 'poolSize'>): DataSource => createSource({
  url: databaseUrl,
  schema,
  entities: [
    AccountEntity, StandingEntity, SessionEntity, RefreshTokenEntity, ApiKeyEntity, KeyQuotaEntity, SigningKeyEntity, GuessesEntity, AllowanceEntity, FamiliarPlaceEntity,
    LinkEntity, LetterEntity, RepeatEntity,
  ],
  migrations: [FirstRecords1732233600000, LimitsAndStandings1763776800000, SecretMarks1763863200000, MailAndLinks1795344000000, KeyQuotas1795344600000, Repeats1795345200000, Operators1795350000000, InviteLinks1795351000000, EndedAccounts1795353000000],
  poolSize,
})
