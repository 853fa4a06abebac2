import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How many keys that are not revoked each org has, and may have where that is its own. */
export class KeyQuotas1795344600000 implements MigrationInterface {
  readonly name = 'KeyQuotas1795344600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_quotas (
        org_id uuid PRIMARY KEY,
        used integer NOT NULL CHECK (used >= 0),
        own_max integer CHECK (own_max >= 0)
      );
      INSERT INTO key_quotas (org_id, used) SELECT org_id, count(*) FROM api_keys WHERE status = 'ACTIVE' GROUP BY org_id;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_quotas')
  }
}
