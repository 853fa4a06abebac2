import { Injectable } from '@nestjs/common'
import { type OrgId, type Permission, Problem, type Rights, type UserId, rolePermissions } from '@tenantry/contracts'
import { type Member, UsersRepository } from './users.repository.js'

@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository) {}

  /** A member of the org, whatever their status; who has left is missing. */
  async get(org: OrgId, id: UserId): Promise<Member & { readonly permissions: readonly Permission[] }> {
    const member = await this.users.find(org, id)
    if (!member || member.status === 'Left') throw new Problem('UserNotFound', 'There is no such user.')
    return { ...member, permissions: permissionsOf(member) }
  }

  async isActiveMember(org: OrgId, id: UserId): Promise<boolean> {
    const member = await this.users.find(org, id)
    return member?.status === 'Active'
  }

  /** What a user may do in an org; undefined where there never was a membership. */
  async rights(org: OrgId, id: UserId): Promise<Rights | undefined> {
    const member = await this.users.find(org, id)
    return member && { status: member.status, permissions: permissionsOf(member), version: member.version }
  }
}

export const permissionsOf = (member: Pick<Member, 'role' | 'status' | 'serverAdmin'>): readonly Permission[] => {
  if (member.status !== 'Active') return []
  return member.serverAdmin ? [...rolePermissions[member.role], 'platform:admin'] : rolePermissions[member.role]
}
