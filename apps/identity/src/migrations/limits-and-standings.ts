import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What is tried and how often, for all processes together; and who was told to be no active member of an org. */
export class LimitsAndStandings1763776800000 implements MigrationInterface {
  readonly name = 'LimitsAndStandings1763776800000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Room is left in the pages of what is written again and again, so that a new version of a row lies beside the old one.
      CREATE TABLE guesses (
        subject bytea PRIMARY KEY,
        failed integer NOT NULL,
        pending integer NOT NULL,
        lapses_at timestamptz NOT NULL,
        waits_until timestamptz NOT NULL,
        forgotten_at timestamptz NOT NULL
      ) WITH (fillfactor = 70);
      CREATE INDEX guesses_forgotten ON guesses (forgotten_at);
      CREATE TABLE allowances (
        scope text NOT NULL,
        subject bytea NOT NULL,
        whole_at timestamptz NOT NULL,
        PRIMARY KEY (scope, subject)
      ) WITH (fillfactor = 70);
      CREATE INDEX allowances_whole ON allowances (whole_at);
      CREATE TABLE familiar_places (
        place bytea PRIMARY KEY,
        seen_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX familiar_places_seen ON familiar_places (seen_at);
      -- No row means an active member: the control plane tells of changes only.
      CREATE TABLE standings (
        user_id uuid NOT NULL,
        org_id uuid NOT NULL,
        version integer NOT NULL,
        active boolean NOT NULL,
        PRIMARY KEY (user_id, org_id)
      );
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE standings, familiar_places, allowances, guesses')
  }
}
