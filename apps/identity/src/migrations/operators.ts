import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What operators need: the wrong passwords of one account at all places, and in which order somebody was made a server administrator. */
export class Operators1795350000000 implements MigrationInterface {
  readonly name = 'Operators1795350000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The digest of the name alone; null for what was counted by the version before.
      ALTER TABLE guesses ADD COLUMN name bytea;
      CREATE INDEX guesses_name ON guesses (name);
      ALTER TABLE accounts ADD COLUMN admin_version integer NOT NULL DEFAULT 0;
      CREATE INDEX accounts_listed ON accounts (created_at, id);
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX accounts_listed; ALTER TABLE accounts DROP COLUMN admin_version; ALTER TABLE guesses DROP COLUMN name')
  }
}
