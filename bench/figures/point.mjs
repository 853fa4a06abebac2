import path from 'node:path'
import { load, openAccount, openClient } from '../client.mjs'
import { median } from '../numbers.mjs'
import { startProgram, startSystem, temporaryFolder } from '../program.mjs'
import { figure } from '../table.mjs'
import { fillFile, fillTenant } from './table-of-rows.mjs'

const connections = 64
const text = { 'content-type': 'text/plain' }
const body = 'select * from t where id = 1'
const isRight = (answer) => answer.includes('[[1,"name 1",1.5]]')

/** One row by its key, through the whole system and from the bare server, in turns: the ratio of neighbours is what counts. */
export const point = async ({ root, quick, closing, say }) => {
  const system = await startSystem({ root, closing })
  const account = await openAccount(system.url, connections)
  const id = await fillTenant(account)
  const bare = await startProgram({
    command: process.execPath, args: [path.join(import.meta.dirname, '../peers/bare.mjs'), fillFile(await temporaryFolder(closing))], line: /^listening on (\S+)$/m, closing,
  })
  const bareClient = openClient(bare.found, connections)
  closing.add(async () => { account.close(); bareClient.close() })

  const query = { method: 'POST', path: `/v2/databases/${id}/query/sql`, body }
  const ways = {
    bare: { client: bareClient, pid: bare.pid, request: { method: 'POST', path: '/', headers: text, body } },
    token: { client: account.client, pid: system.pid, request: { ...query, headers: { ...text, authorization: `Bearer ${account.token}` } } },
    key: { client: account.client, pid: system.pid, request: { ...query, headers: { ...text, 'x-api-key': await account.createKey() } } },
  }
  const run = (name, seconds) => load({ ...ways[name], connections, seconds, isRight })
  // A server is compiled further for the first seconds of work: the rounds begin after them.
  for (const name of Object.keys(ways)) await run(name, quick ? 1 : 3)
  const rounds = []
  // Short turns and many of them: what else the machine has to do comes and goes within seconds.
  for (let round = 0; round < (quick ? 3 : 20); round += 1) {
    const seen = {}
    for (const name of round % 2 === 0 ? Object.keys(ways) : Object.keys(ways).reverse()) seen[name] = await run(name, 1)
    rounds.push(seen)
  }
  say(`  token / bare in each round: ${rounds.map(({ token, bare: peer }) => (token.rate / peer.rate).toFixed(2)).join(' ')}`)
  return [...ratios(rounds), ...Object.keys(ways).flatMap((name) => details(name, rounds.map((seen) => seen[name])))]
}

const ratios = (rounds) => [
  figure('point query, token / bare', median(rounds.map(({ token, bare }) => token.rate / bare.rate)), 'x', { least: 0.6 }),
  figure('point query, API key / bare', median(rounds.map(({ key, bare }) => key.rate / bare.rate)), 'x', { least: 0.6 }),
  figure('  processor time, API key / bare', median(rounds.map(({ key, bare }) => key.micros / bare.micros)), 'x'),
]

const details = (name, seen) => [
  figure(`  ${name}: rate`, median(seen.map(({ rate }) => rate)), 'req/s'),
  figure(`  ${name}: p50`, median(seen.map(({ p50 }) => p50)), 'ms'),
  figure(`  ${name}: p99`, median(seen.map(({ p99 }) => p99)), 'ms'),
  figure(`  ${name}: processor time`, median(seen.map(({ micros }) => micros)), 'us/req'),
]
