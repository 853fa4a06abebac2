import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The numbered events of each org, from which live streams are read. */
export class EventFeed1795342000000 implements MigrationInterface {
  readonly name = 'EventFeed1795342000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE feed_heads (org_id uuid PRIMARY KEY, seq bigint NOT NULL CHECK (seq > 0));
      CREATE TABLE feed (
        org_id uuid NOT NULL,
        seq bigint NOT NULL,
        database_id uuid NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        state text NOT NULL,
        from_state text,
        cause text,
        by uuid,
        reason text,
        -- Taken while the org's number is locked, so that it grows with the number.
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (org_id, seq)
      );
      CREATE INDEX feed_database ON feed (org_id, database_id, seq);
      CREATE INDEX feed_at ON feed (at, seq);
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE feed, feed_heads')
  }
}
