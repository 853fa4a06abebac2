import { setTimeout as delay } from 'node:timers/promises'
import { openAccount, openClient, until } from '../client.mjs'
import { memoryOf, processorMicros } from '../processes.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const connections = 32
const perOrg = 2_000
const restSeconds = 10

/** What it costs to have many databases that nobody uses: at rest, in memory, and when the system starts again. */
export const registered = async ({ root, quick, closing, say }) => {
  const count = quick ? 1_000 : 10_000
  const system = await startSystem({ root, closing })
  const { url } = system
  const empty = await atRest(system.pid)
  const began = performance.now()
  let last
  let key
  for (let made = 0; made < count; made += perOrg) {
    const account = await openAccount(url, connections)
    const here = Math.min(perOrg, count - made)
    let next = 0
    await Promise.all(Array.from({ length: connections }, async () => {
      while (next < here) last = (await account.create(`database ${next += 1}`)).id
    }))
    await until(`${here} databases run`, async () => (await account.list()).every(({ database_status: status }) => status === 'RUNNING'), 120, 250)
    closing.add(async () => account.close())
    key = await account.createKey()
    say(`  ${made + here} databases run`)
  }
  const creating = (performance.now() - began) / 1_000
  await delay(restSeconds * 1_000)
  const full = await atRest(system.pid)
  const memory = memoryOf(system.pid).reduce((sum, { megabytes }) => sum + megabytes, 0)
  const sweeps = await slowestChores(system.adminUrl)
  await system.stop()
  const again = await startSystem({ root, closing, dataDir: system.dataDir })
  const client = openClient(again.url, 1)
  closing.add(async () => client.close())
  const asked = performance.now()
  const answer = await client.send('POST', `/v2/databases/${last}/query/sql`, { 'x-api-key': key, 'content-type': 'text/plain' }, 'select 1')
  if (answer.status !== 200) throw new Error(`A database of before answers ${answer.status}: ${answer.text.slice(0, 300)}`)
  const firstQuery = performance.now() - asked
  return [
    figure(`${count} databases: created, all RUNNING`, creating, 's'),
    figure('  at rest, processor time with none', empty, 'ms/s'),
    figure(`  at rest, processor time with ${count}`, full, 'ms/s'),
    figure('  memory (PSS of all processes)', memory, 'MB'),
    ...sweeps.map(({ name, milliseconds }) => figure(`  sweep: ${name}, mean of a pass`, milliseconds, 'ms')),
    figure(`  start to ready with ${count}`, again.readySeconds, 's'),
    figure('  first query after that', firstQuery, 'ms'),
  ]
}

const atRest = async (pid) => {
  const before = processorMicros(pid)
  await delay(restSeconds * 1_000)
  return (processorMicros(pid) - before) / 1_000 / restSeconds
}

const slowestChores = async (adminUrl) => {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  const read = (what) => new Map([...text.matchAll(new RegExp(`^tenantry_chore_duration_seconds_${what}\\{([^}]*)\\} (\\S+)$`, 'gm'))]
    .map(([, labels, value]) => [/chore="([^"]+)"/.exec(labels)[1] + ` (${/service="([^"]+)"/.exec(labels)[1]})`, Number(value)]))
  const [sums, counts] = [read('sum'), read('count')]
  return [...counts].filter(([, runs]) => runs > 0).map(([name, runs]) => ({ name, milliseconds: sums.get(name) * 1_000 / runs }))
}
