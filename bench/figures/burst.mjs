import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { openAccount, until } from '../client.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const patienceSeconds = 150

/** Many wishes at the same moment, each on a connection of its own, until every one is RUNNING. */
export const burst = async ({ root, quick, closing }) => {
  const count = quick ? 200 : 1_000
  const { url, dataDir } = await startSystem({ root, closing })
  const account = await openAccount(url, count)
  closing.add(async () => account.close())
  const began = performance.now()
  const since = () => (performance.now() - began) / 1_000
  const made = await Promise.all(Array.from({ length: count }, (_, n) => account.create(`database ${n}`)))
  const acceptedSeconds = since()
  let listed = []
  await until('all databases run', async () => {
    listed = await account.list()
    return listed.length >= count && listed.every(({ database_status: status }) => status === 'RUNNING')
  }, patienceSeconds, 100)
  const runningSeconds = since()
  return [
    figure(`${count} creates at once, all accepted`, acceptedSeconds, 's'),
    figure(`${count} creates at once, all RUNNING`, runningSeconds, 's', { most: 120 }),
    figure('  lost, doubled, or not as on disk', await faults(made, listed, path.join(dataDir, 'tenants')), 'databases', { most: 0 }),
  ]
}

const faults = async (made, listed, tenants) => {
  const ids = new Set(listed.map(({ id }) => id))
  const names = new Set(listed.map(({ name }) => name))
  const folders = new Set(await readdir(tenants))
  const lost = made.filter(({ id }) => !ids.has(id)).length
  return lost + (listed.length - ids.size) + (listed.length - names.size) + Math.abs(listed.length - made.length) + ids.symmetricDifference(folders).size
}
