import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What an org uses of its quotas, and what it may have where that is its own. The version before reads databases_max, which is written
 * on for it; it moves no counter but the databases', and the sweep corrects what it leaves behind.
 */
export class Quotas1795341600000 implements MigrationInterface {
  readonly name = 'Quotas1795341600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orgs
        ADD COLUMN users_used integer NOT NULL DEFAULT 0 CHECK (users_used >= 0),
        ADD COLUMN storage_used bigint NOT NULL DEFAULT 0 CHECK (storage_used >= 0),
        ADD COLUMN own_databases_max integer CHECK (own_databases_max >= 0),
        ADD COLUMN own_users_max integer CHECK (own_users_max >= 0),
        ADD COLUMN own_storage_max bigint CHECK (own_storage_max >= 0);
      UPDATE orgs o SET
        users_used = (SELECT count(*) FROM memberships m WHERE m.org_id = o.id AND m.status <> 'Left'),
        storage_used = (SELECT coalesce(sum(d.storage_bytes), 0) FROM databases d WHERE d.org_id = o.id AND d.state <> 'DELETED');
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orgs DROP COLUMN users_used, DROP COLUMN storage_used, DROP COLUMN own_databases_max, DROP COLUMN own_users_max, DROP COLUMN own_storage_max')
  }
}
