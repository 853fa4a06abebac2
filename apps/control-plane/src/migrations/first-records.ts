import { eventTables } from '@tenantry/events'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Orgs, people and their memberships, shapes, databases and the history of their states. */
export class FirstRecords1732233600000 implements MigrationInterface {
  readonly name = 'FirstRecords1732233600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orgs (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        company_name text NOT NULL DEFAULT '',
        address text NOT NULL DEFAULT '',
        tech_email text NOT NULL,
        billing_email text NOT NULL,
        org_type text NOT NULL DEFAULT 'trial',
        databases_used integer NOT NULL DEFAULT 0 CHECK (databases_used >= 0),
        databases_max integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL
      );
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL,
        firstname text NOT NULL,
        lastname text NOT NULL,
        server_admin boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL
      );
      CREATE TABLE memberships (
        org_id uuid NOT NULL REFERENCES orgs (id),
        user_id uuid NOT NULL REFERENCES users (id),
        role text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer')),
        status text NOT NULL CHECK (status IN ('Active', 'Deactivated', 'Open', 'Left')),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL,
        PRIMARY KEY (org_id, user_id)
      );
      CREATE INDEX memberships_user ON memberships (user_id);
      CREATE TABLE shapes (
        name text PRIMARY KEY,
        display_name text NOT NULL,
        vendor text NOT NULL,
        region text NOT NULL,
        engine text NOT NULL,
        node text NOT NULL,
        storage_bytes bigint NOT NULL CHECK (storage_bytes > 0),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      INSERT INTO shapes (name, display_name, vendor, region, engine, node, storage_bytes)
        VALUES ('sqlite-small', 'SQLite, 1 GB', 'Tenantry', 'local', 'sqlite', 'local', 1073741824);
      CREATE TABLE databases (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL REFERENCES orgs (id),
        environment_id uuid,
        name text NOT NULL,
        -- json and not jsonb: it keeps the text as it came.
        options json NOT NULL,
        shape text NOT NULL REFERENCES shapes (name),
        engine text NOT NULL,
        node text NOT NULL,
        storage_bytes bigint NOT NULL,
        state text NOT NULL,
        state_at timestamptz NOT NULL DEFAULT now(),
        asked_at timestamptz NOT NULL DEFAULT now(),
        moves integer NOT NULL DEFAULT 0,
        generation integer NOT NULL DEFAULT 1,
        version integer NOT NULL DEFAULT 1,
        present boolean NOT NULL DEFAULT true,
        power text NOT NULL DEFAULT 'on' CHECK (power IN ('on', 'off')),
        created_by uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        owned_by uuid NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL
      );
      -- A deleted database gives its name back; null is the default environment.
      CREATE UNIQUE INDEX databases_name ON databases (org_id, environment_id, lower(name)) NULLS NOT DISTINCT WHERE state <> 'DELETED';
      CREATE INDEX databases_listed ON databases (org_id, created_at, id) WHERE state <> 'DELETED';
      CREATE INDEX databases_restless ON databases (asked_at)
        WHERE state IN ('CREATING', 'PROVISIONING', 'UPDATING', 'RESTORING', 'DELETING', 'DEPROVISIONING');
      CREATE TABLE database_history (
        database_id uuid NOT NULL REFERENCES databases (id),
        seq integer NOT NULL,
        fact text NOT NULL,
        from_state text,
        to_state text NOT NULL,
        generation integer NOT NULL,
        version integer NOT NULL,
        reason text,
        moved_by uuid,
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (database_id, seq)
      );
      ${eventTables}
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE streams_seen, failures, inbox, outbox, database_history, databases, shapes, memberships, users, orgs')
  }
}
