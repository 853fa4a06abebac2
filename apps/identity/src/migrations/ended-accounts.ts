import { peopleIndex } from '@tenantry/events'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Accounts that are gone stay as marks, so that nobody ever has their ids again. */
export class EndedAccounts1795353000000 implements MigrationInterface {
  readonly name = 'EndedAccounts1795353000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts ADD COLUMN ended_at timestamptz(3);
      ${peopleIndex};
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_people; ALTER TABLE accounts DROP COLUMN ended_at')
  }
}
