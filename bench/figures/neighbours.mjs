import { openAccount } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const others = 50
const askedAtOnce = 4
const pauseMs = 4
/** What a refusal tells in Retry-After. */
const retryMs = 1_000
const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'
const text = { 'content-type': 'text/plain' }

/** Asks databases in turn for a while, a few at a time and with a pause, as people do: what is measured is the wait, not the rate. */
const ask = async (account, ids, seconds) => {
  const times = []
  let errors = 0
  let next = 0
  const end = performance.now() + seconds * 1_000
  const asker = async () => {
    while (performance.now() < end) {
      const id = ids[next++ % ids.length]
      const sent = performance.now()
      const { status, text: answer } = await account.client.send('POST', `/v2/databases/${id}/query/sql`, { ...text, authorization: `Bearer ${account.token}` }, 'select 1')
      times.push(performance.now() - sent)
      if (status !== 200 || !answer.includes('[[1]]')) errors += 1
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(Array.from({ length: askedAtOnce }, asker))
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), errors, asked: times.length }
}

/** Sends endless statements, so many at a time to each database, until it is told to stop; one that is refused comes back when it was told to. */
const burn = (account, ids, atOnce) => {
  let going = true
  const codes = new Map()
  const burner = async (id) => {
    while (going) {
      const { status } = await account.client.send('POST', `/v2/databases/${id}/query/sql`, { ...text, authorization: `Bearer ${account.token}` }, endless).catch(() => ({ status: 'ended' }))
      codes.set(status, (codes.get(status) ?? 0) + 1)
      await new Promise((resolve) => setTimeout(resolve, status === 429 ? retryMs : 50))
    }
  }
  const done = Promise.all(ids.flatMap((id) => Array.from({ length: atOnce }, () => burner(id))))
  return { codes, stop: () => { going = false; account.close(); return done } }
}

const databasesOf = async (account, count) => {
  const made = await Promise.all(Array.from({ length: count }, (_, n) => account.create(`database ${n}`)))
  for (const { id } of made) while ((await account.get(id)).database_status !== 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 20))
  return made.map(({ id }) => id)
}

/** What other databases wait for `select 1` while one tenant runs statements that never end, against the same in quiet, in turns. */
export const neighbours = async ({ root, quick, closing, say }) => {
  const seconds = quick ? 3 : 6
  const figures = []
  for (const [name, databases, atOnce] of [['one endless database', 1, 8], ['20 endless databases', 20, 1]]) {
    const { url } = await startSystem({ root, closing })
    const account = await openAccount(url, 64)
    const greedy = await openAccount(url, 256)
    closing.add(async () => { account.close(); greedy.close() })
    const [ids, greedyIds] = [await databasesOf(account, others), await databasesOf(greedy, databases)]
    await ask(account, ids, 3)
    const rounds = []
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      const quiet = await ask(account, ids, seconds)
      const burning = burn(greedy, greedyIds, atOnce)
      const first = await ask(account, ids, seconds / 2)
      const noisy = await ask(account, ids, seconds)
      await burning.stop()
      rounds.push({ quiet, first, noisy })
      say(`  ${name}: ${quiet.asked} asked in quiet, ${noisy.asked} beside, p99 ${quiet.p99.toFixed(1)} and ${noisy.p99.toFixed(1)} ms; the greedy were answered ${JSON.stringify(Object.fromEntries(burning.codes))}`)
    }
    const middle = (of) => median(rounds.map(of))
    figures.push(
      figure(`${name}: p99 of others / quiet`, middle(({ noisy, quiet }) => noisy.p99 / quiet.p99), 'x', { most: 1.5 }),
      figure(`  ${name}: p50 quiet`, middle(({ quiet }) => quiet.p50), 'ms'), figure(`  ${name}: p50 beside`, middle(({ noisy }) => noisy.p50), 'ms'),
      figure(`  ${name}: p99 quiet`, middle(({ quiet }) => quiet.p99), 'ms'), figure(`  ${name}: p99 beside`, middle(({ noisy }) => noisy.p99), 'ms'),
      figure(`  ${name}: p99 while it first begins`, rounds[0].first.p99, 'ms'),
      figure(`  ${name}: errors`, rounds.reduce((sum, { quiet, first, noisy }) => sum + quiet.errors + first.errors + noisy.errors, 0), 'answers', { most: 0 }),
    )
    await closing.closeAll()
  }
  return figures
}
