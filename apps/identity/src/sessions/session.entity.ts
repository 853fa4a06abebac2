import type { SessionId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** One login. Its refresh tokens follow each other; when it ends, all of them are worth nothing. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
}

export const SessionEntity = new EntitySchema<Session>({
  name: 'Session',
  tableName: 'sessions',
  columns: {
    id: { type: 'uuid', primary: true },
    userId: { name: 'user_id', type: 'uuid' },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    endedAt: { name: 'ended_at', type: 'timestamptz', nullable: true },
  },
})

export interface RefreshToken {
  readonly digest: Buffer
  readonly sessionId: SessionId
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
  /** Which client used it. */
  readonly usedBy: Buffer | null
  /** The token that followed it, sealed. */
  readonly successor: Buffer | null
}

export const RefreshTokenEntity = new EntitySchema<RefreshToken>({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  columns: {
    digest: { type: 'bytea', primary: true },
    sessionId: { name: 'session_id', type: 'uuid' },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    usedAt: { name: 'used_at', type: 'timestamptz', nullable: true },
    usedBy: { name: 'used_by', type: 'bytea', nullable: true },
    successor: { type: 'bytea', nullable: true },
  },
})
