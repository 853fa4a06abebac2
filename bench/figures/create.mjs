import { openAccount, until } from '../client.mjs'
import { quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

/** From sending POST to reading RUNNING, one database after the other. */
export const create = async ({ root, quick, closing }) => {
  const { url } = await startSystem({ root, closing })
  const account = await openAccount(url, 4)
  closing.add(async () => account.close())
  const times = []
  const warm = quick ? 50 : 150
  for (let n = 0; n < warm + (quick ? 50 : 250); n += 1) {
    const sent = performance.now()
    const { id } = await account.create(`database ${n}`)
    await until('a database runs', async () => (await account.get(id)).database_status === 'RUNNING', 30, 1)
    // A server is compiled further while it makes the first ones.
    if (n >= warm) times.push(performance.now() - sent)
  }
  return [figure('create to RUNNING, p50', quantile(times, 0.5), 'ms', { most: 15 }), figure('create to RUNNING, p99', quantile(times, 0.99), 'ms')]
}
