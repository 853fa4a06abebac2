import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openAccount, rounds } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const orgs = 4
const json = { 'content-type': 'application/json' }
const unrecorded = pathToFileURL(path.join(import.meta.dirname, '../peers/unrecorded.mjs')).href

/** Changes of a record, one after the other and then in four orgs at once, with the record of deeds and without, in turns. */
export const audit = async ({ root, quick, closing }) => {
  const ways = { recorded: await opened({ root, closing, env: {} }), bare: await opened({ root, closing, env: { NODE_OPTIONS: `--import=${unrecorded}` } }) }
  const run = ({ pid, change }, connections, seconds) => rounds({ pid, connections, seconds, send: change, status: 202 })
  const inTurns = async (connections) => {
    const seen = []
    for (const way of Object.values(ways)) await run(way, connections, quick ? 1 : 4)
    for (let round = 0; round < (quick ? 4 : 20); round += 1) {
      const both = {}
      for (const name of round % 2 === 0 ? ['bare', 'recorded'] : ['recorded', 'bare']) both[name] = await run(ways[name], connections, 1)
      seen.push(both)
    }
    return seen
  }
  const [alone, together] = [await inTurns(1), await inTurns(orgs)]
  const p50 = ({ times }) => quantile(times, 0.5)
  return [
    figure('a change with its line in the record / without, p50', median(alone.map(({ recorded, bare }) => p50(recorded) / p50(bare))), 'x', { most: 1.1 }),
    figure('  with: p50', median(alone.map(({ recorded }) => p50(recorded))), 'ms'), figure('  without: p50', median(alone.map(({ bare }) => p50(bare))), 'ms'),
    figure('  processor time, four at once, with / without', median(together.map(({ recorded, bare }) => recorded.micros / bare.micros)), 'x'),
    figure('  four at once, with: processor time', median(together.map(({ recorded }) => recorded.micros)), 'us/req'),
    figure('  four at once, with: rate', median(together.map(({ recorded }) => recorded.rate)), 'req/s'),
  ]
}

const opened = async ({ root, closing, env }) => {
  const { url, pid } = await startSystem({ root, closing, env: { RECORD_REQUESTS_PER_USER: '10000000', ...env } })
  const accounts = await Promise.all(Array.from({ length: orgs }, async () => {
    const account = await openAccount(url, 1)
    closing.add(async () => account.close())
    const { id } = await account.create('database')
    await account.running(id)
    return { ...account, path: `/v2/databases/${id}` }
  }))
  const change = (_, at) => {
    const { client, token, path: where } = accounts[at]
    return client.send('PUT', where, { ...json, authorization: `Bearer ${token}` }, JSON.stringify({ name: randomUUID() }))
  }
  return { pid, change }
}
