import { randomUUID } from 'node:crypto'
import type { AskRecords } from '../faults/records.js'
import { type Api, expectStatus } from '../story/api.js'
import { type Person, logIn, signUp } from '../story/people.js'
import { until } from '../story/until.js'

const bornSeconds = 20

/** Somebody who has signed up and whose own org has come to be: nothing that is told of them comes any more. */
const newcomer = async (api: Api, records: AskRecords): Promise<Person> => {
  const person = await signUp(api)
  await until('the membership of a new account is there', async () =>
    (await records('control_plane', `SELECT 1 FROM memberships WHERE user_id = '${person.userId}'`)).length > 0, bornSeconds)
  return person
}

/** A member of `org` with a built-in role, as one who came by an invite; nobody has asked for their rights yet. */
export const joinOrg = async (api: Api, records: AskRecords, org: string, role: string): Promise<Person> => {
  const person = await newcomer(api, records)
  await records('identity', `UPDATE accounts SET org_id = '${org}', founder = false WHERE id = '${person.userId}'`)
  await records('control_plane', `INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ('${org}', '${person.userId}', '${role}', 'Active', '${person.userId}')`)
  const token = await logIn(api, person)
  return { ...person, orgId: org, token }
}

const subjects = { Deactivated: 'control.user.deactivated', Left: 'control.user.removed' } as const

/** Takes a membership back, and tells of it as the control plane does. Answers when every service refuses the person. */
export const endMembership = async (api: Api, records: AskRecords, { orgId, userId, token }: Person, status: keyof typeof subjects): Promise<void> => {
  const told = (subject: string): string => `INSERT INTO outbox (id, subject, payload) SELECT '${randomUUID()}', '${subject}',
    jsonb_build_object('orgId', org_id, 'userId', user_id, 'version', version) FROM memberships WHERE org_id = '${orgId}' AND user_id = '${userId}'`
  await records('control_plane', `BEGIN; UPDATE memberships SET status = '${status}', version = version + 1 WHERE org_id = '${orgId}' AND user_id = '${userId}';
    ${told('control.rights.changed')}; ${told(subjects[status])}; COMMIT`)
  const doors = [['GET', '/v2/users/current'], ['GET', `/v2/users/${userId}/keys`], ['POST', `/v2/databases/${randomUUID()}/query/sql`]] as const
  await until('every service refuses who is no member any more', async () =>
    (await Promise.all(doors.map(([method, path]) => api(method, path, { token, ...(method === 'POST' && { text: 'select 1' }) })))).every(({ status: said }) => said === 401), 60)
}

/** Revokes an API key. Answers when every service refuses it. */
export const revokeKey = async (api: Api, { userId, token }: Person, key: { readonly id: string; readonly secret: string }): Promise<void> => {
  expectStatus(202, await api('PUT', `/v2/users/${userId}/keys/${key.id}`, { token, json: { status: 'REVOKED' } }))
  const doors = ['/v2/users/current', `/v2/users/${userId}/keys`]
  await until('every service refuses the key', async () => (await Promise.all(doors.map((path) => api('GET', path, { key: key.secret })))).every(({ status }) => status === 401), 60)
}
