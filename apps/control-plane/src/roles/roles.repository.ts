import { Injectable } from '@nestjs/common'
import { type OrgId, type OrgPermission, type PageAsk, Problem, type RoleId, type UserId } from '@tenantry/contracts'
import { isTaken } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { type Role, RoleEntity } from './role.entity.js'

const columns = 'id, org_id AS "orgId", name, acl, created_at AS "createdAt", updated_at AS "updatedAt", updated_by AS "updatedBy"'

@Injectable()
export class RolesRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, name: string, tx: EntityManager = this.source.manager): Promise<Role | undefined> {
    return (await this.findAll(tx, org, [name]))[0]
  }

  async findAll(tx: EntityManager, org: OrgId, names: readonly string[]): Promise<readonly Role[]> {
    return await tx.query(`SELECT ${columns} FROM roles WHERE org_id = $1 AND name = ANY($2) ORDER BY name`, [org, names])
  }

  /** Oldest first. */
  async list(org: OrgId, { limit, after }: PageAsk): Promise<readonly Role[]> {
    return await this.source.query(
      `SELECT ${columns} FROM roles WHERE org_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3)) ORDER BY created_at, id LIMIT $4`,
      [org, after?.at ?? null, after?.id ?? null, limit])
  }

  async count(tx: EntityManager, org: OrgId): Promise<number> {
    return await tx.countBy(RoleEntity, { orgId: org })
  }

  async insert(tx: EntityManager, role: Omit<Role, 'createdAt' | 'updatedAt'>): Promise<void> {
    try {
      await tx.insert(RoleEntity, { ...role, acl: [...role.acl] })
    } catch (error) {
      if (isTaken(error, 'roles_name')) throw nameTaken(role.name, error)
      throw error
    }
  }

  async setAcl(tx: EntityManager, id: RoleId, acl: readonly OrgPermission[], by: UserId): Promise<void> {
    await tx.update(RoleEntity, { id }, { acl: [...acl], updatedAt: () => 'now()', updatedBy: by })
  }

  /** Takes the role from everyone who holds it, and then away. */
  async delete(tx: EntityManager, { orgId, id }: Pick<Role, 'orgId' | 'id'>): Promise<void> {
    await tx.query('DELETE FROM member_roles WHERE org_id = $1 AND role_id = $2', [orgId, id])
    await tx.query('DELETE FROM roles WHERE org_id = $1 AND id = $2', [orgId, id])
  }
}

export const nameTaken = (name: string, cause?: unknown): Problem =>
  new Problem('RoleNameTaken', `A role named "${name}" exists already in this org; choose another name.`, { cause })
