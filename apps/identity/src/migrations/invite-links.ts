import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Links and letters about an invite, which know an address and perhaps no account; and how an account came into its org. */
export class InviteLinks1795351000000 implements MigrationInterface {
  readonly name = 'InviteLinks1795351000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts ADD invite_id uuid, ADD moved_at timestamptz;
      ALTER TABLE letters ADD about jsonb;
      DROP INDEX letters_waiting;
      CREATE UNIQUE INDEX letters_waiting ON letters (kind, email_key, (coalesce(about->>'inviteId', '')));
      ALTER TABLE links ADD about jsonb, ALTER user_id DROP NOT NULL, ADD CONSTRAINT links_about CHECK (user_id IS NOT NULL OR about IS NOT NULL);
      CREATE INDEX links_invite ON links ((about->>'inviteId')) WHERE kind = 'invite';
      CREATE INDEX links_address ON links (email_key, created_at) WHERE kind = 'invite';
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM links WHERE user_id IS NULL;
      DELETE FROM letters WHERE about IS NOT NULL;
      DROP INDEX links_address, links_invite;
      ALTER TABLE links DROP CONSTRAINT links_about, ALTER user_id SET NOT NULL, DROP about;
      DROP INDEX letters_waiting;
      CREATE UNIQUE INDEX letters_waiting ON letters (kind, email_key);
      ALTER TABLE letters DROP about;
      ALTER TABLE accounts DROP moved_at, DROP invite_id;
    `)
  }
}
