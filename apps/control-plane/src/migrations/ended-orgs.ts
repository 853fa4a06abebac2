import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Orgs that were deleted stay as marks: what happened in them still names them. */
export class EndedOrgs1795352000000 implements MigrationInterface {
  readonly name = 'EndedOrgs1795352000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orgs ADD COLUMN deleted_at timestamptz(3)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orgs DROP COLUMN deleted_at')
  }
}
