import type { Api } from './api.js'
import { becomes, createDatabase, databaseShown, listDatabases, rowsOf, runSql } from './databases.js'
import { type Person, signUp } from './people.js'
import { until } from './until.js'

export interface Accepted {
  readonly person: Person
  readonly ledgerId: string
  /** Names and ids of the databases that were promised. */
  readonly databases: Map<string, string>
  /** Numbers whose writing was confirmed. */
  readonly numbers: number[]
}

/** Somebody who makes databases and writes numbers, one after the other, and remembers what was accepted. */
export const startLedger = async (api: Api): Promise<Accepted> => {
  const person = await signUp(api)
  const ledgerId = await createDatabase(api, person, 'ledger')
  await becomes(api, person, ledgerId, 'RUNNING')
  await rowsOf(api, person, ledgerId, 'create table numbers (n integer primary key)')
  return { person, ledgerId, databases: new Map([['ledger', ledgerId]]), numbers: [] }
}

const most = 90_000
const runningSeconds = 30

/** Works until `done`, whatever fails: what has no answer, or another one than success, is not remembered. */
export const workUntil = async (api: Api, accepted: Accepted, name: string, done: AbortSignal): Promise<void> => {
  const { person: { token }, ledgerId, databases, numbers } = accepted
  const unanswered = (): undefined => undefined
  const write = async (): Promise<void> => {
    for (let n = 1; n < most && !done.aborted; n += 1) {
      const answer = await runSql(api, { token }, ledgerId, `insert into numbers values (${n})`).catch(unanswered)
      if (answer?.status === 200) numbers.push(n)
    }
  }
  const create = async (): Promise<void> => {
    for (let n = 1; n < most && !done.aborted; n += 1) {
      const wish = `${name} ${n}`
      const answer = await api('POST', '/v2/databases', { token, json: { name: wish } }).catch(unanswered)
      if (answer?.status === 201) databases.set(wish, databaseShown.parse(JSON.parse(answer.text)).id)
    }
  }
  await Promise.all([write(), create()])
}

/** Throws unless everything that was accepted is there once, and every database has become RUNNING. */
export const nothingIsLost = async (api: Api, { person, ledgerId, databases, numbers }: Accepted): Promise<void> => {
  await until('every database is RUNNING', async () => (await listDatabases(api, person)).every((one) => one.database_status === 'RUNNING'), runningSeconds)
  const listed = await listDatabases(api, person, 50)
  const nameOf = new Map(listed.map(({ id, name }) => [id, name]))
  expect([nameOf.size, new Set(nameOf.values()).size]).toEqual([listed.length, listed.length])
  expect([...databases].filter(([name, id]) => nameOf.get(id) !== name)).toEqual([])
  const stored = new Set((await rowsOf(api, person, ledgerId, 'select n from numbers')).map(([n]) => n))
  expect(numbers.filter((n) => !stored.has(n))).toEqual([])
}
