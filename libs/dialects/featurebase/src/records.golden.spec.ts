import { readFileSync } from 'node:fs'
import { type OrgPermission, Problem, databaseStates } from '@tenantry/contracts'
import { presentBackups } from './backups.js'
import { nameSchema, presentDatabase, presentDeletion } from './databases.js'
import { presentDeed } from './deeds.js'
import { eventSchema, lastEventId, streamText } from './events.js'
import { presentInvite } from './invites.js'
import { presentLimit } from './limits.js'
import { presentOrg, updateOrg } from './orgs.js'
import { pageQuery, presentPage } from './page.js'
import { problemWire } from './problems.js'
import { answerParts, answerText } from './queries.js'
import { presentRole, presentRoleDeletion } from './roles.js'
import { presentShape } from './shapes.js'
import { databaseStatus } from './states.js'
import { presentUser, presentUserRoles, updateUser } from './users.js'

/** The answer of the original's example. */
const answerOf = (name: string): Record<string, unknown> =>
  (JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as { answer: Record<string, unknown> }).answer

// The document leaves fractions of a second away; both spellings are the same time.
const exact = (answer: Record<string, unknown>) => Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, key.endsWith('_at') ? new Date(String(value)).toISOString() : value]))
const at = new Date('2019-08-24T14:15:22Z')

describe('the words of the document', () => {
  it('present a database as it does, in its order', () => {
    const presented = presentDatabase({
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'example-database', state: 'RUNNING', options: {}, orgId: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b',
      createdBy: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', createdAt: at, ownedBy: 'b54c13ac-3977-4e54-bbfa-b33713ac1540', updatedAt: at,
      updatedBy: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
    })
    expect(presented).toEqual(exact(answerOf('getDatabase')))
    expect(Object.keys(presented)).toEqual(Object.keys(answerOf('getDatabase')))
    expect(presentDeletion()).toEqual(answerOf('deleteDatabase'))
  })

  it('present an org with its misspelt names, and read them', () => {
    const presented = presentOrg({
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'Organization for example-user@abc.com', companyName: 'FeatureBase', address: 'test-address',
      techEmail: 'example-user@abc.com', billingEmail: 'example-user@abc.com', orgType: 'trial', createdAt: at, updatedAt: at,
      updatedBy: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
    })
    expect(presented).toEqual(exact(answerOf('getOrg')))
    expect(updateOrg.body.schema.parse({ tech_contact_emali: 'a@b.test' })).toEqual({ techEmail: 'a@b.test' })
  })

  it('present a user with Org_Owner for owners and the permissions of everybody else', () => {
    const user = {
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', orgId: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', orgName: 'Organization for example-org@abc.com',
      email: 'example-email@abc.com', firstname: 'example-firstname', lastname: 'example-lastname', status: 'Active', role: 'owner', createdAt: at, updatedAt: at,
      held: ['data:read'] as OrgPermission[], roles: [], updatedBy: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
    } as const
    expect(presentUser(user)).toEqual({ ...exact(answerOf('getUser')), idp_id: user.id, acl: ['Org_Owner'], roles: ['owner'] })
    expect(presentUser({ ...user, role: 'viewer' }).acl).toEqual(['data:read'])
    expect(presentUserRoles({ ...user, role: 'viewer', roles: [{ name: 'ops' }] })).toEqual({ user_id: user.id, org_id: user.orgId, rolenames: ['viewer', 'ops'] })
    expect(updateUser.body.schema.parse({ acl: ['Org_Owner', 'data:read'] })).toEqual({ acl: 'owner' })
    expect(updateUser.body.schema.parse({ acl: ['data:read', 'org:read', 'data:read'], id: 'x', roles: ['owner'] })).toEqual({ acl: ['org:read', 'data:read'] })
  })

  it('present a role with Org_Owner for owners', () => {
    const [role, orgId] = [answerOf('getRole'), 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b']
    expect(presentRole({ name: 'example-rolename', orgId, acl: [], isOwner: false })).toEqual(role)
    expect(presentRole({ name: 'owner', orgId, acl: ['org:read'], isOwner: true }).acl).toEqual(['Org_Owner'])
    expect(presentRoleDeletion()).toEqual(answerOf('deleteRole'))
  })

  it('present an invite, which is accepted or is not', () => {
    const invite = {
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', orgId: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', orgName: 'Organization for example-org@abc.com', email: 'example-email@abc.com',
      state: 'open', moveOrg: false, createdAt: at, expiresAt: at, updatedAt: at, updatedBy: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
    } as const
    const { date_expiry: expiry, ...presented } = presentInvite(invite)
    const { date_expiry: shown, ...rest } = answerOf('getInvite')
    expect([presented, expiry, Object.keys(presentInvite(invite))]).toEqual([exact(rest), new Date(String(shown)).toISOString(), Object.keys(answerOf('getInvite'))])
    expect(presentInvite({ ...invite, state: 'accepted', moveOrg: true })).toMatchObject({ accepted: true, move_org: true })
  })

  it('present a shape with the names that it has', () => {
    const presented = presentShape('a40f5d1f-d889-42e9-94ea-b9b33585fc6b')({
      name: 'sqlite-small', displayName: 'SQLite, 1 GB', vendor: 'Tenantry', region: 'local', engine: 'sqlite', storageBytes: 1, createdAt: at, updatedAt: at, node: 'local',
      abilities: { languages: ['sql'], credentials: false, keepsSize: true, backups: false }, unavailable: undefined,
    })
    expect(Object.keys(presented)).toEqual(Object.keys(answerOf('getShape')))
  })

  it('present a limit with the status and the code of what is refused past it', () => {
    const [seconds, inFlight, idle] = answerOf('listLimits')['limits'] as Record<string, unknown>[]
    const view = { name: 'statement_seconds', value: 30, unit: 'seconds', description: 'From the arrival of a statement until its answer.' }
    expect(presentLimit({ ...view, exceeded: 'QueryTimeout' })).toEqual(seconds)
    expect([presentLimit({ ...view, exceeded: 'waits' }).exceeded, presentLimit({ ...view, exceeded: 'closed' }).exceeded]).toEqual([inFlight?.['exceeded'], idle?.['exceeded']])
  })

  it('present backups in the envelope that is theirs', () => {
    expect(presentBackups({ items: [] })).toEqual(answerOf('listBackups'))
    expect(presentBackups({ items: [], next: 'on' })).toEqual({ continuation: 'on', backups: [] })
  })

  it('tell of an operation whether it goes on, came to an end, failed, or was overtaken', () => {
    const deed = { seq: 3, fact: 'stopAsked', from: 'RUNNING', to: null, by: null, at, endedAt: null, reason: null, overtaken: false } as const
    const result = (change: object): string => presentDeed('497f6eca-6276-4993-bfeb-53cbbbba6f08')({ ...deed, ...change }).result
    expect([result({}), result({ overtaken: true }), result({ to: 'STOPPED', endedAt: at }), result({ to: 'FAILED', endedAt: at })]).toEqual(['IN_PROGRESS', 'OVERTAKEN', 'SUCCEEDED', 'FAILED'])
    expect(presentDeed('497f6eca-6276-4993-bfeb-53cbbbba6f08')(deed)).toMatchObject({ id: '3', kind: 'stop', from_status: 'RUNNING', to_status: null })
  })

  it('write an event so that whoever reads by the rules of server-sent events gets its id, its type and its data', () => {
    const text = streamText.event({
      seq: 7, kind: 'database.moved', databaseId: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'a\n\nid: 8', state: 'QUARANTINED', from: 'RUNNING', cause: 'quarantineAsked', by: null, reason: null, at,
    })
    expect(text.split('\n\n')).toHaveLength(2)
    const [id, type, data = ''] = text.trimEnd().split('\n')
    expect([id, type]).toEqual(['id: 7', 'event: database.moved'])
    expect(eventSchema.parse(JSON.parse(data.slice('data: '.length)))).toMatchObject({ id: 7, name: 'a\n\nid: 8', database_status: 'FROZEN', from_status: 'RUNNING', cause: 'quarantine_asked' })
  })

  it('take the last event id from the header before the address, and nothing that no stream gave out', () => {
    expect([lastEventId('3', '2'), lastEventId(undefined, '2'), lastEventId('', ''), lastEventId(undefined, '0')]).toEqual([3, 2, undefined, 0])
    for (const text of ['x', '-1', '1.0', '01', '1e3', ' 1', '9'.repeat(16)]) expect(() => lastEventId(text, undefined)).toThrow(Problem)
  })

  it('have a status for every state', () => {
    for (const state of databaseStates) expect(databaseStatus[state]).toMatch(/^[A-Z]+$/)
  })

  it('answer a query with both names of its time, and what a statement changed', () => {
    const none = Buffer.from('[]')
    const body = (answer: Parameters<typeof answerText>[0]): unknown => {
      const bytes = Buffer.concat(answerParts(answer))
      expect(Buffer.from(answerText(answer), 'latin1')).toEqual(bytes)
      return JSON.parse(bytes.toString())
    }
    expect(body({ fields: Buffer.from('[{"name":"ü€","type":"int"}]'), data: Buffer.from('[["😀"]]'), rows: 1, micros: 71 }))
      .toEqual({ schema: { fields: [{ name: 'ü€', type: 'int' }] }, data: [['😀']], exec_time: 71, 'execution-time': 71 })
    expect(body({ fields: none, data: none, rows: 3, micros: 7, plan: Buffer.from('{}') }))
      .toEqual({ schema: { fields: [] }, data: [], 'query-plan': {}, 'rows-affected': 3, exec_time: 7, 'execution-time': 7 })
    expect(body({ fields: none, data: none, rows: 0, micros: 7, warnings: Buffer.from('["🐉 ü"]'), plan: Buffer.from('{"_op":"é"}') }))
      .toEqual({ schema: { fields: [] }, data: [], warnings: ['🐉 ü'], 'query-plan': { _op: 'é' }, 'rows-affected': 0, exec_time: 7, 'execution-time': 7 })
    expect(body({ fields: none, data: none, rows: 0, micros: 7, plan: Buffer.from('[{"detail":"SCAN t"}]') })).toMatchObject({ 'query-plan': { steps: [{ detail: 'SCAN t' }] } })
  })

  it('word refusals with a code and a message, and a statement at fault with an error too', () => {
    expect(problemWire.body(new Problem('EngineRejectedQuery', 'no such table: t'), 400)).toEqual({ code: 'Bad Request', message: 'no such table: t', error: 'no such table: t' })
    expect(problemWire.body(new Problem('DatabaseNameTaken', 'taken'), 409)).toEqual({ code: 'ResourceAlreadyExists', message: 'taken' })
    expect(problemWire.body(new Problem('DatabaseNotReady', 'not yet'), 409)).toEqual({ code: 'IncorrectState', message: 'not yet' })
  })
})

describe('names and pages', () => {
  it.each([['a', true], ['x'.repeat(300), true], ['é'.repeat(300), true], ['', false], ['x'.repeat(301), false], ['a\0', false], ['a\nb', false], [' a', false], ['a ', false], ['\ud800', false]])(
    '%j as a name: %s', (name, fine) => { expect(nameSchema.safeParse(name).success).toBe(fine) })

  it('gives an empty next at the end, and takes back what it gave', () => {
    expect(presentPage({ items: [1, 2] }, String)).toEqual({ next: '', resources: ['1', '2'] })
    expect(pageQuery.parse({})).toEqual({ limit: 100 })
    expect(pageQuery.safeParse({ limit: '1001' }).success).toBe(false)
  })
})
