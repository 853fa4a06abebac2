import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Which secrets the records were made with, told apart by something that is worth nothing by itself. */
export class SecretMarks1763863200000 implements MigrationInterface {
  readonly name = 'SecretMarks1763863200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE secret_marks (name text PRIMARY KEY, mark bytea NOT NULL)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE secret_marks')
  }
}
