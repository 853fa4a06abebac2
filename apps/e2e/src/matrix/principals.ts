import type { AskRecords } from '../faults/records.js'
import { endMembership, joinOrg, revokeKey } from '../contract/members.js'
import { type Api, type Ask, expectStatus } from '../story/api.js'
import { type Person, createKey, signUp } from '../story/people.js'

export interface Principal {
  readonly name: string
  readonly person: Person
  readonly keyId: string
  readonly credential: Ask
  readonly kind: 'nothing' | 'token' | 'key'
  /** What they may do; undefined for who is refused everywhere. */
  readonly rights: readonly string[] | undefined
  /** Whether they belong to the org whose objects are asked for. */
  readonly isStranger: boolean
}

export interface World {
  readonly owner: Person
  readonly stranger: Person
  readonly principals: readonly Principal[]
}

type Roles = Readonly<Record<string, readonly string[]>>

/** Roles that an org makes for itself, each with every other right that a viewer has not; who may give rights has more rules than one. */
const customRoles = ({ owner = [], viewer = [] }: Roles): Roles => {
  const more = owner.filter((right) => !viewer.includes(right) && right !== 'roles:write')
  return { 'custom one': more.filter((_, at) => at % 2 === 0), 'custom other': more.filter((_, at) => at % 2 === 1) }
}

/** A viewer who has been given a role of the org's own. */
const joinWith = async (api: Api, records: AskRecords, owner: Person, name: string, acl: readonly string[]): Promise<Person> => {
  const person = await joinOrg(api, records, owner.orgId, 'viewer')
  const rolename = name.replace(' ', '-')
  expectStatus(201, await api('POST', '/v2/roles', { token: owner.token, json: { rolename, acl } }))
  expectStatus(201, await api('POST', `/v2/users/${person.userId}/roles`, { token: owner.token, json: { rolenames: [rolename] } }))
  return person
}

/** Everybody who may come to a door: each role of one org, those who are no members any more, and somebody of another org. */
export const peopleOf = async (api: Api, records: AskRecords, roles: Roles): Promise<World> => {
  const owner = await signUp(api)
  const stranger = await signUp(api)
  const principals: Principal[] = []
  const add = async (name: string, person: Person, rights: readonly string[] | undefined, isStranger = false): Promise<void> => {
    const key = await createKey(api, person)
    const same = { person, keyId: key.id, rights, isStranger }
    principals.push({ ...same, name, kind: 'token', credential: { token: person.token } }, { ...same, name: `${name}'s key`, kind: 'key', credential: { key: key.secret } })
  }
  principals.push({ name: 'nobody', person: owner, keyId: (await createKey(api, owner)).id, credential: {}, kind: 'nothing', rights: undefined, isStranger: false })
  await add('owner', owner, roles['owner'] ?? [])
  await add('stranger', stranger, roles['owner'] ?? [], true)
  for (const role of Object.keys(roles).filter((name) => name !== 'owner')) await add(role, await joinOrg(api, records, owner.orgId, role), roles[role])
  for (const [name, acl] of Object.entries(customRoles(roles))) await add(name, await joinWith(api, records, owner, name, acl), [...roles['viewer'] ?? [], ...acl])
  for (const [name, status] of [['who was deactivated', 'Deactivated'], ['who was removed', 'Left']] as const) {
    const person = await joinOrg(api, records, owner.orgId, 'admin')
    await add(name, person, undefined)
    await endMembership(api, records, person, status)
  }
  const revoked = await createKey(api, owner)
  await revokeKey(api, owner, revoked)
  principals.push({ name: 'a revoked key', person: owner, keyId: revoked.id, credential: { key: revoked.secret }, kind: 'key', rights: undefined, isStranger: false })
  return { owner, stranger, principals }
}
