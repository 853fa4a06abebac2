import { repeatsTable } from '@tenantry/deeds'
import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Answers under Idempotency-Keys, and the record of deeds, which is only added to. */
export class RepeatsAndAudit1795345200000 implements MigrationInterface {
  readonly name = 'RepeatsAndAudit1795345200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${repeatsTable}
      CREATE TABLE audit_heads (
        org_id uuid PRIMARY KEY,
        number bigint NOT NULL,
        prev_hash bytea NOT NULL,
        hash bytea NOT NULL
      );
      CREATE TABLE audit (
        org_id uuid NOT NULL,
        number bigint NOT NULL CHECK (number > 0),
        at timestamptz(3) NOT NULL,
        actor_id uuid NOT NULL,
        action text NOT NULL,
        -- text, because its bytes are what was hashed.
        entry text NOT NULL,
        prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        PRIMARY KEY (org_id, number)
      );
      CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'The record of deeds is only added to.' USING ERRCODE = 'restrict_violation'; END $$;
      CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_stays();
      CREATE TRIGGER audit_stays BEFORE DELETE OR TRUNCATE ON audit_heads EXECUTE FUNCTION audit_stays();
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit, audit_heads, repeats; DROP FUNCTION audit_stays')
  }
}
