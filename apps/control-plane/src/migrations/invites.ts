import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Invites. Each open one has somebody in the org whose membership is Open, by the id that a new account will have. */
export class Invites1795351000000 implements MigrationInterface {
  readonly name = 'Invites1795351000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invites (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL REFERENCES orgs (id),
        email text NOT NULL,
        -- The address as it is compared.
        email_key text NOT NULL,
        role text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'accepted', 'revoked')),
        -- Whose membership is Open until somebody accepts; null where nobody is waited for any more.
        user_id uuid,
        sent_by uuid NOT NULL,
        accepted_by uuid,
        move_org boolean NOT NULL DEFAULT false,
        expires_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL
      );
      CREATE UNIQUE INDEX invites_open ON invites (org_id, email_key) WHERE state = 'open';
      CREATE INDEX invites_listed ON invites (org_id, created_at, id) WHERE state <> 'revoked';
      CREATE INDEX invites_sent ON invites (org_id, expires_at);
      CREATE INDEX invites_waiting ON invites (expires_at) WHERE user_id IS NOT NULL AND state = 'open';
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE invites')
  }
}
