import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Logins of databases for clients that speak the engine's own protocol. */
export class Credentials1795372000000 implements MigrationInterface {
  readonly name = 'Credentials1795372000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credentials (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL REFERENCES orgs (id),
        database_id uuid NOT NULL REFERENCES databases (id),
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('owner', 'read-write', 'read-only')),
        tls boolean NOT NULL,
        -- By what the server checks the password, which nobody can tell from it.
        verifier text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        created_by uuid NOT NULL,
        reset_at timestamptz(3)
      );
      CREATE INDEX credentials_database ON credentials (database_id, created_at, id)`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE credentials')
  }
}
