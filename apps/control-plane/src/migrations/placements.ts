import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Shapes can be withdrawn, and a database may have a server for itself. */
export class Placements1795371000000 implements MigrationInterface {
  readonly name = 'Placements1795371000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE shapes ADD COLUMN offered boolean NOT NULL DEFAULT true;
      CREATE TABLE placements (
        engine text NOT NULL,
        server text NOT NULL,
        -- The server is taken before the row of its database is written, in the same transaction.
        database_id uuid NOT NULL UNIQUE REFERENCES databases (id) DEFERRABLE INITIALLY DEFERRED,
        placed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (engine, server)
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE placements; ALTER TABLE shapes DROP COLUMN offered')
  }
}
