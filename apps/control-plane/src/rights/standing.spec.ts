import { type BuiltInRole, type OrgId, type OrgPermission, type RoleId, type UserId, builtInRoles, newId, permissions, rolePermissions } from '@tenantry/contracts'
import fc from 'fast-check'
import { type Sources, type Standing, fitted, includes, isSame, mayGrant, permissionsOf, reaches, sumOf } from './standing.js'

const acls = fc.subarray<OrgPermission>([...permissions])
const sources: fc.Arbitrary<Sources> = fc.record({
  role: fc.constantFrom<BuiltInRole>(...builtInRoles), acl: acls,
  roles: fc.array(acls.map((acl) => ({ id: newId<RoleId>(), name: 'x', acl })), { maxLength: 3 }),
})
const standing = (from: Sources, change: Partial<Standing> = {}): Standing =>
  ({ orgId: newId<OrgId>(), userId: newId<UserId>(), status: 'Active', version: 1, serverAdmin: false, ...from, ...change })
const plain = (role: BuiltInRole): Sources => ({ role, roles: [], acl: [] })
const runs = { numRuns: 300, seed: 11 }

describe('what a member may do', () => {
  it('is what the built-in role gives and everything that is added, and nothing unless active', () => {
    fc.assert(fc.property(sources, (from) => {
      const all = sumOf(from)
      expect(includes(all, [...rolePermissions[from.role], ...from.acl, ...from.roles.flatMap(({ acl }) => acl)])).toBe(true)
      expect(permissionsOf(standing(from, { status: 'Deactivated', serverAdmin: true }))).toEqual([])
      expect(permissionsOf(standing(from))).toEqual(all)
    }), runs)
  })

  it('counts nothing that is not in the closed list', () => {
    expect(sumOf({ ...plain('viewer'), acl: ['platform:admin' as OrgPermission] })).toEqual(rolePermissions.viewer)
  })
})

describe('an acl that is put', () => {
  it('changes nothing when it is the one that was got', () => {
    fc.assert(fc.property(sources, (now) => {
      expect(isSame(fitted(now, now.role === 'owner' ? 'owner' : sumOf(now)), now)).toBe(now.acl.every((one) => sumOf(now).includes(one)))
    }), runs)
  })

  it('is what the member may do afterwards, though never less than a viewer', () => {
    fc.assert(fc.property(sources, acls, (now, wish) => {
      const after = fitted(now, wish)
      expect(after.role).not.toBe('owner')
      expect(sumOf(after)).toEqual(permissions.filter((one) => wish.includes(one) || rolePermissions.viewer.includes(one)))
      expect(isSame(fitted(after, wish), after)).toBe(true)
    }), runs)
  })

  it('of Org_Owner makes an owner', () => {
    expect(sumOf(fitted(plain('viewer'), 'owner'))).toEqual(permissions)
  })
})

describe('somebody who is no owner', () => {
  it('touches no owner and nobody who may do more, and gives nothing that they lack', () => {
    fc.assert(fc.property(sources.filter(({ role }) => role !== 'owner'), sources, sources, (actor, from, to) => {
      const me = standing(actor)
      if (reaches(me, from)) expect([from.role === 'owner', includes(sumOf(me), sumOf(from))]).toEqual([false, true])
      if (mayGrant(me, from, to)) expect([to.role === 'owner', includes([...sumOf(me), ...sumOf(from)], sumOf(to))]).toEqual([false, true])
    }), runs)
    expect([reaches(standing(plain('admin')), plain('owner')), reaches(standing(plain('admin')), plain('admin')), mayGrant(standing(plain('admin')), plain('viewer'), plain('owner'))]).toEqual([false, true, false])
  })
})
