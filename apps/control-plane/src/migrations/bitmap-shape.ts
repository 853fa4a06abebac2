import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Databases of bitmaps can be had. */
export class BitmapShape1795360000000 implements MigrationInterface {
  readonly name = 'BitmapShape1795360000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO shapes (name, display_name, vendor, region, engine, node, storage_bytes)
        VALUES ('bitmap-small', 'Bitmaps, 1 GB', 'Tenantry', 'local', 'bitmap', 'local', 1073741824) ON CONFLICT (name) DO NOTHING`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM shapes WHERE name = 'bitmap-small' AND NOT EXISTS (SELECT FROM databases WHERE shape = 'bitmap-small')`)
  }
}
