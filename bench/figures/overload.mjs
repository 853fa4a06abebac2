import { setTimeout as delay } from 'node:timers/promises'
import { load, openAccount, openClient, until } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const orgs = 4
const connections = 8
const times = 3
const tickMs = 10
const calm = 2
// Long enough that the engine is what there is too little of, and not the one client of this machine.
const body = 'with recursive c (n) as (select 1 union all select n + 1 from c where n < 20000) select count(*) from c'
const isRight = (answer) => answer.includes('[[20000]]')

/** What the system still does when it is asked for three times what it can do, how soon it says no, and how soon it is itself again. */
export const overload = async ({ root, quick, closing, say }) => {
  const { url, pid } = await startSystem({ root, closing })
  const askers = await Promise.all(Array.from({ length: orgs }, () => openAsker(url, closing)))
  const seconds = quick ? 4 : 12
  await peakOf(askers, pid, quick ? 1 : 4)
  const restingMs = median(await oneByOne(askers[0], 20))
  const peak = await peakOf(askers, pid, seconds)
  say(`  peak: ${Math.round(peak)}/s, now ${times} times that`)
  const seen = await flood(askers, times * peak, seconds)
  const recoveredSeconds = await recovery(askers[0], restingMs)
  await seen.drained
  return [
    figure(`answered at ${times}x of what can be / peak`, seen.answered / seconds / peak, 'x', { least: 0.8 }),
    figure('  peak', peak, 'req/s'),
    figure('  offered', seen.sent / seconds, 'req/s'),
    figure('  refused with 429', seen.refusals.length / seconds, 'req/s'),
    figure('  neither answered nor refused with 429', seen.other.length, 'requests', { most: 0 }),
    figure('  refusal, p50', quantile(seen.refusals, 0.5), 'ms'),
    figure('  refusal, p99', quantile(seen.refusals, 0.99), 'ms'),
    figure('  back to its usual pace after', recoveredSeconds, 's', { most: 10 }),
  ]
}

const openAsker = async (url, closing) => {
  const account = await openAccount(url, connections)
  const client = openClient(url, Infinity)
  closing.add(async () => { account.close(); client.close() })
  const { id } = await account.create('overloaded')
  await until('the database runs', async () => (await account.get(id)).database_status === 'RUNNING', 30, 50)
  const request = { method: 'POST', path: `/v2/databases/${id}/query/sql`, headers: { authorization: `Bearer ${account.token}`, 'content-type': 'text/plain' }, body }
  return { client, request, send: () => client.send(request.method, request.path, request.headers, body) }
}

/** Everybody asks as fast as they are answered. */
const peakOf = async (askers, pid, seconds) => {
  const seen = await Promise.all(askers.map(({ client, request }) => load({ client, pid, request, connections, seconds, isRight })))
  return seen.reduce((sum, { rate }) => sum + rate, 0)
}

/** Requests come at a rate of their own, answered or not. */
const flood = async (askers, rate, seconds) => {
  const seen = { sent: 0, answered: 0, other: [], refusals: [] }
  const under = new Set()
  const began = performance.now()
  const end = began + seconds * 1_000
  const one = async ({ send }) => {
    const sent = performance.now()
    const { status } = await send()
    const now = performance.now()
    if (status === 429) seen.refusals.push(now - sent)
    else if (status !== 200) seen.other.push(status)
    else if (now < end) seen.answered += 1
  }
  for (let now = began; now < end; now = performance.now()) {
    for (const due = rate * (now - began) / 1_000; seen.sent < due; seen.sent += 1) {
      const asking = one(askers[seen.sent % askers.length]).catch((error) => { seen.other.push(error.message) }).finally(() => under.delete(asking))
      under.add(asking)
    }
    await delay(tickMs)
  }
  return { ...seen, drained: Promise.all(under) }
}

const oneByOne = async ({ send }, count) => {
  const took = []
  for (let asked = 0; asked < count; asked += 1) {
    const sent = performance.now()
    const { status } = await send()
    if (status === 200) took.push(performance.now() - sent)
  }
  return took
}

/** Seconds until a few requests in a row take no longer than twice what they took before. */
const recovery = async (asker, restingMs) => {
  const began = performance.now()
  const isItself = async () => {
    const took = await oneByOne(asker, 5)
    return took.length === 5 && median(took) <= calm * restingMs
  }
  await until('the system is itself again', isItself, 60, 10)
  return (performance.now() - began) / 1_000
}
