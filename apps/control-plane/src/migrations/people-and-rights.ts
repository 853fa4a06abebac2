import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Roles that an org makes for itself, who holds them, what a member may do beyond their roles, and who has introduced themselves. */
export class PeopleAndRights1795342500000 implements MigrationInterface {
  readonly name = 'PeopleAndRights1795342500000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE roles (
        id uuid PRIMARY KEY,
        org_id uuid NOT NULL REFERENCES orgs (id),
        name text NOT NULL,
        acl text[] NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_by uuid NOT NULL,
        UNIQUE (org_id, id)
      );
      CREATE UNIQUE INDEX roles_name ON roles (org_id, lower(name));
      CREATE INDEX roles_listed ON roles (org_id, created_at, id);
      -- Both keys carry the org, so that nobody can hold another org's role.
      CREATE TABLE member_roles (
        org_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role_id uuid NOT NULL,
        PRIMARY KEY (org_id, user_id, role_id),
        FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id),
        FOREIGN KEY (org_id, role_id) REFERENCES roles (org_id, id)
      );
      CREATE INDEX member_roles_role ON member_roles (org_id, role_id);
      ALTER TABLE memberships ADD COLUMN acl text[] NOT NULL DEFAULT '{}';
      CREATE INDEX memberships_listed ON memberships (org_id, created_at, user_id) WHERE status <> 'Left';
      ALTER TABLE users ADD COLUMN introduced boolean NOT NULL DEFAULT false;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users DROP COLUMN introduced;
      DROP INDEX memberships_listed;
      ALTER TABLE memberships DROP COLUMN acl;
      DROP TABLE member_roles, roles;
    `)
  }
}
