import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { load, openAccount } from '../client.mjs'
import { median } from '../numbers.mjs'
import { plainEnvironment, startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const listed = 50
const connections = 16

/** A list of 50 databases, by whoever may see them; and what the repository adds to the statement alone. */
export const reads = async ({ root, quick, closing }) => {
  // What is measured is what a request costs, and not how many are let in.
  const system = await startSystem({ root, closing, env: { RECORD_REQUESTS_PER_USER: '10000000' } })
  const account = await openAccount(system.url, connections)
  closing.add(async () => account.close())
  for (let n = 0; n < listed; n += 1) await account.create(`database ${n}`)
  const request = { method: 'GET', path: `/v2/databases?limit=${listed}`, headers: { authorization: `Bearer ${account.token}` } }
  const run = () => load({ client: account.client, pid: system.pid, request, connections, seconds: quick ? 1 : 2, isRight: (answer) => answer.includes(`"name":"database ${listed - 1}"`) })
  for (let round = 0; round < 2; round += 1) await run()
  const seen = []
  for (let round = 0; round < (quick ? 2 : 7); round += 1) seen.push(await run())
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, '../peers/repository.mjs')], { encoding: 'utf8', env: plainEnvironment({}), cwd: root })
  if (status !== 0) throw new Error(`The repository could not be measured: ${stderr.slice(-1_000)}`)
  const { ratio, repository, raw } = JSON.parse(stdout)
  return [
    figure(`list of ${listed} databases`, median(seen.map(({ rate }) => rate)), 'req/s', { least: 1_000 }),
    figure('  p50', median(seen.map(({ p50 }) => p50)), 'ms'), figure('  p99', median(seen.map(({ p99 }) => p99)), 'ms'), figure('  processor time', median(seen.map(({ micros }) => micros)), 'us/req'),
    figure('the repository / the statement by pg alone, processor time', ratio, 'x', { most: 1.2 }), figure('  repository', repository, 'us'), figure('  pg alone', raw, 'us'),
  ]
}
