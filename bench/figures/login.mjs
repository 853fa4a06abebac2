import { randomUUID } from 'node:crypto'
import bcrypt from 'bcrypt'
import { openAccount } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const cost = 10
const json = { 'content-type': 'application/json' }

const opened = async ({ root, closing, env }) => {
  const { url } = await startSystem({ root, closing, env: { WRONG_PASSWORDS: '1000000', ...env } })
  const account = await openAccount(url, 16)
  closing.add(async () => account.close())
  const logIn = async (email, password, expected) => {
    const sent = performance.now()
    const { status, text } = await account.client.send('POST', '/id', json, JSON.stringify({ USERNAME: email, PASSWORD: password }))
    if (status !== expected) throw new Error(`A login was answered ${status}: ${text.slice(0, 200)}`)
    return performance.now() - sent
  }
  return { ...account, logIn }
}

const hashMs = async () => {
  const began = performance.now()
  await bcrypt.hash('a password', cost)
  return performance.now() - began
}

/** One login after the other, each beside one bare hash; then many at once. */
const rates = async ({ root, quick, closing }) => {
  const { email, password, logIn } = await opened({ root, closing, env: { BCRYPT_COST: String(cost) } })
  const [times, hashes] = [[], []]
  for (let n = 0; n < (quick ? 20 : 100); n += 1) {
    hashes.push(await hashMs())
    times.push(await logIn(email, password, 200))
  }
  const many = quick ? 32 : 160
  const hashing = performance.now()
  await Promise.all(Array.from({ length: 16 }, () => bcrypt.hash('a password', cost)))
  const ceiling = 16_000 / (performance.now() - hashing)
  const began = performance.now()
  let left = many
  const together = []
  await Promise.all(Array.from({ length: 16 }, async () => { while (left-- > 0) together.push(await logIn(email, password, 200)) }))
  const seconds = (performance.now() - began) / 1_000
  return [
    figure('one login / one hash, p50', median(times) / median(hashes), ''), figure('one login, p50', median(times), 'ms'), figure('one login, p99', quantile(times, 0.99), 'ms'),
    figure('logins of one account, 16 at once', many / seconds, '/s'), figure('of what all processors hash', many / seconds / ceiling, ''), figure('16 at once, p99', quantile(together, 0.99), 'ms'),
  ]
}

/** Wrong passwords of a known address and of unknown ones in turns, with little hashing so that there can be many. */
const tells = async ({ root, quick, closing }) => {
  const { email, logIn } = await opened({ root, closing, env: { BCRYPT_COST: '6' } })
  const times = { known: [], unknown: [] }
  for (let n = 0; n < (quick ? 200 : 2_000); n += 1) {
    const turns = [['known', email], ['unknown', `nobody-${randomUUID()}@example.com`]]
    for (const [kind, name] of n % 2 === 0 ? turns : turns.toReversed()) times[kind].push(await logIn(name, 'a wrong password', 401))
  }
  return [figure('wrong password, known - unknown address, medians apart', Math.abs(median(times.known) - median(times.unknown)), 'ms', { most: 1 })]
}

export const login = async (given) => [...await rates(given), ...await tells(given)]
