import { repeatsTable } from '@tenantry/deeds'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Answers under Idempotency-Keys. */
export class Repeats1795345200000 implements MigrationInterface {
  readonly name = 'Repeats1795345200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(repeatsTable)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE repeats')
  }
}
