import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Which change of a server administrator was heard last. */
export class AdminVersions1795350000000 implements MigrationInterface {
  readonly name = 'AdminVersions1795350000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN admin_version integer NOT NULL DEFAULT 0')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN admin_version')
  }
}
