import { eventTables } from '@tenantry/events'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Accounts, their sessions and keys, what was taken back, and the keys that sign tokens. */
export class FirstRecords1732233600000 implements MigrationInterface {
  readonly name = 'FirstRecords1732233600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL,
        email text NOT NULL,
        -- The address as it is compared: trimmed and in lower case.
        email_key text NOT NULL,
        firstname text NOT NULL,
        lastname text NOT NULL,
        org_name text NOT NULL,
        founder boolean NOT NULL,
        server_admin boolean NOT NULL DEFAULT false,
        password_hash text NOT NULL,
        epoch integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT accounts_email_key UNIQUE (email_key)
      );
      CREATE INDEX accounts_org ON accounts (org_id);
      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES accounts (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        ended_at timestamptz
      );
      CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;
      CREATE INDEX sessions_expiring ON sessions (expires_at);
      CREATE TABLE refresh_tokens (
        digest bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        used_by bytea,
        successor bytea
      );
      CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL,
        user_id uuid NOT NULL REFERENCES accounts (id),
        digest bytea NOT NULL,
        description text NOT NULL,
        status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'REVOKED')),
        used_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL,
        CONSTRAINT api_keys_digest UNIQUE (digest)
      );
      CREATE INDEX api_keys_user ON api_keys (user_id, created_at, id);
      CREATE INDEX api_keys_org ON api_keys (org_id, created_at, id);
      -- One counter numbers what was taken back, and its row lock puts the numbers in the order of the commits.
      CREATE TABLE revocation_counter (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        seq bigint NOT NULL
      );
      INSERT INTO revocation_counter (seq) VALUES (0);
      CREATE TABLE revocations (
        seq bigint PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('session', 'key', 'user')),
        subject_id uuid NOT NULL,
        epoch integer,
        revoked_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX revocations_time ON revocations (revoked_at);
      CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        private_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        signs_from timestamptz NOT NULL
      );
      ${eventTables}
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE streams_seen, failures, inbox, outbox, signing_keys, revocations, revocation_counter, api_keys, refresh_tokens,
      sessions, accounts`)
  }
}
