import { eventTables } from '@tenantry/events'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What each database shall be, what was seen of it, and what is still to be done. */
export class FirstInstances1732233600000 implements MigrationInterface {
  readonly name = 'FirstInstances1732233600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE instances (
        database_id uuid PRIMARY KEY,
        org_id uuid NOT NULL,
        engine text NOT NULL,
        node text NOT NULL,
        storage_bytes bigint NOT NULL,
        generation integer NOT NULL,
        version integer NOT NULL,
        present boolean NOT NULL,
        power text NOT NULL CHECK (power IN ('on', 'off')),
        -- The version that first found its data there; null until then. Later versions start and stop, they do not provision.
        born_version integer,
        settled boolean NOT NULL DEFAULT false,
        attempts integer NOT NULL DEFAULT 0,
        reason text,
        try_at timestamptz NOT NULL DEFAULT now(),
        wished_at timestamptz NOT NULL DEFAULT now(),
        removed_at timestamptz,
        purged_at timestamptz
      );
      CREATE INDEX instances_unsettled ON instances (try_at) WHERE NOT settled;
      CREATE INDEX instances_removed ON instances (removed_at) WHERE removed_at IS NOT NULL AND purged_at IS NULL;
      ${eventTables}
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE streams_seen, failures, inbox, outbox, instances')
  }
}
