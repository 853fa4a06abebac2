import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The first version kept options as jsonb, which orders their fields anew; where they are json already nothing changes. */
export class OptionsAsTheyCame1763780400000 implements MigrationInterface {
  readonly name = 'OptionsAsTheyCame1763780400000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE databases ALTER COLUMN options TYPE json USING options::json')
  }

  async down(): Promise<void> {
    // Both kinds can be read and written by the program before.
  }
}
