import { setTimeout as delay } from 'node:timers/promises'
import { isLong, randomFrom, seedOf } from '../faults/random.js'
import { type AskRecords, recordsAt } from '../faults/records.js'
import { type Api, speakTo } from '../story/api.js'
import { type Person, signUp } from '../story/people.js'
import { type Services, startServices } from '../story/services.js'
import { clearUp, makeFolder } from '../story/system.js'
import { until } from '../story/until.js'

/** An event that a killed process had taken comes again half a minute later, so that killing identity takes its time. */
const rounds = isLong ? 20 : 1
const comesAgainSeconds = 60
const many = 8
const random = randomFrom(seedOf(21))

let services: Services
let api: Api
let records: AskRecords

beforeAll(async () => {
  services = await startServices(await makeFolder(), { changes: { identity: { SIGNUPS_PER_HOUR: '100000', FAILED_LOGINS_PER_MINUTE: '100000' } } })
  api = speakTo(services.url)
  records = recordsAt(async (schema) => services.servers.urls[schema] ?? '')
}, 120_000)
afterAll(clearUp, 30_000)

/** Whether identity, and whether the control plane, still knows who this is. */
const known = async ({ userId }: Person): Promise<readonly boolean[]> => {
  const [account] = await records<{ there: boolean }>('identity', `SELECT ended_at IS NULL AND email <> '' AS there FROM accounts WHERE id = '${userId}'`)
  const [user] = await records<{ there: boolean }>('control_plane', `SELECT u.ended_at IS NULL AND u.email <> '' AND m.status = 'Active' AS there FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.id = '${userId}'`)
  return [account?.there ?? false, user?.there ?? false]
}

it(`leaves every account whole or gone when a service is killed in the middle, ${rounds} times`, async () => {
  let gone = 0
  for (let round = 0; round < rounds; round += 1) {
    const victim = round % 2 === 0 ? 'control-plane' : 'identity'
    const people = await Promise.all(Array.from({ length: many }, () => signUp(api)))
    await until('all are known everywhere', async () => (await Promise.all(people.map(known))).flat().every(Boolean), 20)
    const leaving = people.map(async ({ token, password }, at) => {
      await delay(10 * at)
      await api('POST', '/id/account/delete', { token, json: { PASSWORD: password } }).catch(() => undefined)
    })
    await until('the first one has left', async () => (await Promise.all(people.map(known))).some(([, user]) => !user), 20)
    await delay(random.below(10 * many))
    await services.kill(victim)
    await services.start(victim)
    await Promise.all(leaving)
    let fates: (readonly boolean[])[] = []
    await until(`both services say the same of each after ${victim} was killed`, async () => {
      fates = await Promise.all(people.map(known))
      return fates.every(([account, user]) => account === user)
    }, comesAgainSeconds)
    for (const [at, person] of people.entries()) {
      const whole = fates[at]?.[0] === true
      gone += whole ? 0 : 1
      const { status } = await api('POST', '/id', { json: { USERNAME: person.email, PASSWORD: person.password } })
      expect([victim, person.userId, status]).toEqual([victim, person.userId, whole ? 200 : 401])
    }
  }
  // Were all of them whole, nothing would have been in the middle.
  expect(gone).toBeGreaterThan(0)
}, 60_000 + rounds * 90_000)
