import { peopleIndex } from '@tenantry/events'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** People whose account is gone stay as marks: no late token, invite or event makes them anew. */
export class EndedPeople1795353000000 implements MigrationInterface {
  readonly name = 'EndedPeople1795353000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN ended_at timestamptz(3);
      CREATE INDEX invites_accepted ON invites (accepted_by) WHERE accepted_by IS NOT NULL;
      CREATE INDEX invites_address ON invites (email_key);
      ${peopleIndex};
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_people, invites_address, invites_accepted; ALTER TABLE users DROP COLUMN ended_at')
  }
}
