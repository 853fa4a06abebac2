import type { MigrationInterface, QueryRunner } from 'typeorm'

/** GraphQL documents can be registered with a database. */
export class Documents1795374000000 implements MigrationInterface {
  readonly name = 'Documents1795374000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE databases ADD COLUMN documents_version integer NOT NULL DEFAULT 0, ADD COLUMN documents_only boolean NOT NULL DEFAULT false;
      CREATE TABLE documents (
        database_id uuid NOT NULL REFERENCES databases (id) ON DELETE CASCADE,
        hash text NOT NULL,
        document text NOT NULL,
        PRIMARY KEY (database_id, hash)
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE documents; ALTER TABLE databases DROP COLUMN documents_only, DROP COLUMN documents_version')
  }
}
