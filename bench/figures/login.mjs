import { randomUUID } from 'node:crypto'
import bcrypt from 'bcrypt'
import { openAccount, openClient } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const cost = 10
const atOnce = 16
const json = { 'content-type': 'application/json' }

const opened = async ({ root, closing, env }) => {
  const { url } = await startSystem({ root, closing, env: { WRONG_PASSWORDS: '1000000', ...env } })
  const account = await openAccount(url, atOnce)
  closing.add(async () => account.close())
  const logIn = async (email, password, expected) => {
    const sent = performance.now()
    const { status, text } = await account.client.send('POST', '/id', json, JSON.stringify({ USERNAME: email, PASSWORD: password }))
    if (status !== expected) throw new Error(`A login was answered ${status}: ${text.slice(0, 200)}`)
    return performance.now() - sent
  }
  return { ...account, url, logIn }
}

const hashMs = async () => {
  const began = performance.now()
  await bcrypt.hash('a password', cost)
  return performance.now() - began
}

/** One login after the other, each beside one bare hash; then many at once. */
const rates = async ({ root, quick, closing }) => {
  const { url, email, password, logIn } = await opened({ root, closing, env: { BCRYPT_COST: String(cost) } })
  const [times, hashes] = [[], []]
  for (let n = 0; n < (quick ? 20 : 100); n += 1) {
    hashes.push(await hashMs())
    times.push(await logIn(email, password, 200))
  }
  const seen = []
  for (let round = 0; round < (quick ? 2 : 5); round += 1) seen.push(await together({ url, closing, logIn }))
  return [
    figure('one login / one hash, p50', median(times) / median(hashes), ''), figure('one login, p50', median(times), 'ms'), figure('one login, p99', quantile(times, 0.99), 'ms'),
    figure('logins, 16 at once', median(seen.map(({ rate }) => rate)), '/s'), figure('of what all processors hash', median(seen.map(({ rate, ceiling }) => rate / ceiling)), 'x', { least: 0.95 }),
    figure('16 at once, p99', median(seen.map(({ p99 }) => p99)), 'ms'), figure('a request beside them that waits for nothing, p99', median(seen.map(({ beside }) => beside)), 'ms', { most: 20 }),
  ]
}

/** As many hashes at once as there are logins, and then the logins of as many accounts, with small requests beside them. */
const together = async ({ url, closing, logIn }) => {
  const many = 4 * atOnce
  const accounts = await Promise.all(Array.from({ length: atOnce }, () => openAccount(url, 1)))
  for (const account of accounts) account.close()
  const hashing = performance.now()
  await allOf(many, () => bcrypt.hash('a password', cost))
  const ceiling = many * 1_000 / (performance.now() - hashing)
  const side = openClient(url, 1)
  closing.add(async () => side.close())
  const [times, besides] = [[], []]
  const began = performance.now()
  let done = false
  const looking = (async () => {
    while (!done) {
      const sent = performance.now()
      await side.send('GET', '/healthz', {})
      besides.push(performance.now() - sent)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  await allOf(many, async (n, at) => times.push(await logIn(accounts[at].email, accounts[at].password, 200)))
  const seconds = (performance.now() - began) / 1_000
  done = true
  await looking
  return { rate: many / seconds, ceiling, p99: quantile(times, 0.99), beside: quantile(besides, 0.99) }
}

/** Does it `many` times, `atOnce` at a time. */
const allOf = async (many, work) => {
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async (_, at) => { while (next < many) await work(next++, at) }))
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
