import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Mails that wait to be sent, the links in them, and which address was proven to be its account's. */
export class MailAndLinks1795344000000 implements MigrationInterface {
  readonly name = 'MailAndLinks1795344000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts ADD email_verified_at timestamptz(3);
      CREATE TABLE letters (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        email_key text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        try_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0
      );
      CREATE UNIQUE INDEX letters_waiting ON letters (kind, email_key);
      CREATE INDEX letters_due ON letters (try_at);
      CREATE TABLE links (
        digest bytea PRIMARY KEY,
        kind text NOT NULL,
        user_id uuid NOT NULL REFERENCES accounts (id),
        email_key text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX links_user ON links (user_id, kind, created_at);
      CREATE INDEX links_expiring ON links (expires_at);
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE links, letters; ALTER TABLE accounts DROP email_verified_at')
  }
}
