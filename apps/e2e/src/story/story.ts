import { z } from 'zod'
import { type Answer, type Api, expectStatus, read, speakTo } from './api.js'
import { becomes, createDatabase, databaseShown, getDatabase, listDatabases, rowsOf, runSql } from './databases.js'
import { listenTo } from './ears.js'
import { type Person, createKey, logIn, signUp } from './people.js'
import { seesNothing } from './stranger.js'
import { type Clock, until } from './until.js'

/** What somebody would do on their first day, its promises told by the clock of the machine, asked of the system at `url` over HTTP alone. */
export const tellStory = async (clock: Clock, url: string, hear?: (answer: Answer) => void, ca?: string): Promise<void> => {
  const api = speakTo(url, hear, ca)
  const ada = await signUp(api)
  const session = { ...ada, token: await logIn(api, ada) }
  const ears = await listenTo(url, '/v2/events', session.token, ca)
  const databaseId = await createDatabase(api, ada, 'orders')
  await becomes(api, ada, databaseId, 'RUNNING')
  await keepOrders(api, session, databaseId)
  await stopAndStart(clock, api, ada, databaseId)
  const keyId = await useAndRevokeKey(clock, api, ada, databaseId)
  await rename(api, ada, databaseId)
  await aStrangerComes(api, ada, { databaseId, keyId })
  await deleteWhileItIsMade(api, ada)
  await deleteTwice(clock, api, ada, databaseId)
  await bringBack(api, ada, databaseId)
  await ears.hears('all that happened is heard, in order', new RegExp([
    'CREATING', 'RUNNING', 'stop_asked', 'STOPPED', 'start_asked', 'database\\.updated', 'deletion_asked', 'DELETED', 'undelete_asked', 'RESTORING',
  ].map((word) => `(${word}.*${databaseId}|${databaseId}.*${word})`).join('[^]*')))
  await logOut(clock, api, session, ada)
  await until('the stream of the ended session has ended', async () => ears.state() === 'ended', 1, clock)
  expect(ears.text()).toMatch(/event: end\ndata: {"code":"Unauthorized".*}\n\n$/)
}

const keepOrders = async (api: Api, person: Person, id: string): Promise<void> => {
  await rowsOf(api, person, id, 'create table orders (id integer primary key, item text not null, price numeric)')
  await rowsOf(api, person, id, `insert into orders values (1, 'lamp', 12.5), (2, 'Ærø "chair"', null)`)
  expect(await rowsOf(api, person, id, 'select * from orders order by id')).toEqual([[1, 'lamp', 12.5], [2, 'Ærø "chair"', null]])
  const planned = await api('POST', `/v2/databases/${id}/query/sql?plan=true`, { token: person.token, text: 'select item from orders where id = 2' })
  const { data, 'query-plan': plan } = read(z.object({ data: z.array(z.array(z.unknown())), 'query-plan': z.object({ steps: z.array(z.unknown()) }) }), 200, planned)
  expect([data, plan.steps.length > 0]).toEqual([[['Ærø "chair"']], true])
}

const stopAndStart = async (clock: Clock, api: Api, person: Person, id: string): Promise<void> => {
  const power = (what: 'stop' | 'start'): Promise<Answer> => api('PUT', `/v2/databases/${id}/action/${what}`, { token: person.token })
  expect(read(databaseShown, 202, await power('stop')).database_status).toBe('UPDATING')
  await becomes(api, person, id, 'STOPPED')
  await until('queries are refused', async () => (await runSql(api, person, id, 'select 1')).status === 409, 1, clock)
  expect(JSON.parse((await runSql(api, person, id, 'select 1')).text)).toEqual({ code: 'IncorrectState', message: 'The database is stopped; start it first.' })
  expectStatus(409, await power('stop'))
  expectStatus(202, await power('start'))
  await becomes(api, person, id, 'RUNNING')
  expectStatus(409, await power('start'))
  expect(await rowsOf(api, person, id, 'select count(*) from orders')).toEqual([[2]])
}

/** Whether a credential is refused by every service that takes one. */
const isRefused = async (api: Api, credential: { readonly token: string } | { readonly key: string }, id: string): Promise<boolean> => {
  const answers = await Promise.all([api('GET', '/v2/users/current', credential), api('GET', '/v2/databases', credential), runSql(api, credential, id, 'select 1')])
  return answers.every(({ status }) => status === 401)
}

const useAndRevokeKey = async (clock: Clock, api: Api, person: Person, id: string): Promise<string> => {
  const { token, userId } = person
  const key = await createKey(api, person)
  const credential = { key: key.secret }
  expect(await rowsOf(api, credential, id, 'select count(*) as count from orders')).toEqual([[2]])
  for (const where of [`/databases/${id}/sql`, `/databases/${id}/query/sql`, `/v2/databases/${id}/sql`]) {
    const answer = await api('POST', where, { token: key.secret, text: '{"sql":"select ?","params":[9223372036854775807]}', headers: ['Content-Type', 'application/json'] })
    expect([answer.status, answer.text.includes('"data":[[9223372036854775807]]')]).toEqual([200, true])
  }
  expect((await api('POST', '/sql', { key: key.secret, text: 'show databases' })).text).toContain(id)
  expect((await listDatabases(api, { token: key.secret })).map((database) => database.id)).toEqual([id])
  const shown = await api('GET', `/v2/users/${userId}/keys`, { token })
  expectStatus(200, shown)
  expect(shown.text).not.toContain(key.secret)
  expectStatus(202, await api('PUT', `/v2/users/${userId}/keys/${key.id}`, { token, json: { status: 'REVOKED' } }))
  await until('the revoked key is refused', () => isRefused(api, credential, id), 1, clock)
  expectStatus(200, await api('GET', `/v2/users/${userId}/keys/${key.id}`, { token }))
  expect(await isRefused(api, credential, id)).toBe(true)
  return key.id
}

const rename = async (api: Api, person: Person, id: string): Promise<void> => {
  const { token } = person
  const renamed = read(databaseShown, 202, await api('PUT', `/v2/databases/${id}`, { token, json: { name: 'sales' } }))
  expect(renamed.name).toBe('sales')
  expect(await getDatabase(api, person, id)).toMatchObject({ id, name: 'sales', database_status: 'RUNNING', owned_by: person.userId, org_id: person.orgId })
  expect(await rowsOf(api, person, id, 'select item from orders where id = 1')).toEqual([['lamp']])
}

const aStrangerComes = async (api: Api, person: Person, mine: { readonly databaseId: string; readonly keyId: string }): Promise<void> => {
  const stranger = await signUp(api)
  expect(await listDatabases(api, stranger)).toEqual([])
  await seesNothing(api, stranger, { ...mine, orgId: person.orgId, userId: person.userId })
  expect(await getDatabase(api, person, mine.databaseId)).toMatchObject({ name: 'sales', database_status: 'RUNNING' })
  // Names are an org's own.
  await createDatabase(api, stranger, 'sales')
}

const deleteDatabase = (api: Api, { token }: Person, id: string): Promise<Answer> => api('DELETE', `/v2/databases/${id}`, { token })

const deleteWhileItIsMade = async (api: Api, person: Person): Promise<void> => {
  const id = await createDatabase(api, person, 'short-lived')
  expectStatus(202, await deleteDatabase(api, person, id))
  await becomes(api, person, id, 'DELETED')
  const again = await createDatabase(api, person, 'short-lived')
  await becomes(api, person, again, 'RUNNING')
  expect((await getDatabase(api, person, id)).database_status).toBe('DELETED')
}

const deleteTwice = async (clock: Clock, api: Api, person: Person, id: string): Promise<void> => {
  expectStatus(202, await deleteDatabase(api, person, id))
  expectStatus(409, await deleteDatabase(api, person, id))
  await until('queries are refused', async () => (await runSql(api, person, id, 'select 1')).status !== 200, 1, clock)
  await becomes(api, person, id, 'DELETED')
  await until('the deleted database is no more to be asked', async () => (await runSql(api, person, id, 'select 1')).status === 404, 2, clock)
  expectStatus(409, await deleteDatabase(api, person, id))
}

const bringBack = async (api: Api, person: Person, id: string): Promise<void> => {
  expectStatus(202, await api('POST', `/v2/databases/${id}/action/undelete`, { token: person.token }))
  await becomes(api, person, id, 'RUNNING')
  expect(await rowsOf(api, person, id, 'select item from orders order by id')).toEqual([['lamp'], ['Ærø "chair"']])
}

/** Ends one session; the other one of the same person goes on. */
const logOut = async (clock: Clock, api: Api, ended: Person, other: Person): Promise<void> => {
  const id = await createDatabase(api, ended, 'last')
  await becomes(api, ended, id, 'RUNNING')
  expect(await rowsOf(api, ended, id, 'select 1')).toEqual([[1]])
  expectStatus(200, await api('POST', '/id/logout', { token: ended.token }))
  await until('the token of the ended session is refused', () => isRefused(api, ended, id), 1, clock)
  expect(await rowsOf(api, other, id, 'select 1')).toEqual([[1]])
  expect(await isRefused(api, ended, id)).toBe(true)
}
