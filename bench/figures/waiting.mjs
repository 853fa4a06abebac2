import { setTimeout as delay } from 'node:timers/promises'
import { load, openAccount, openClient, until } from '../client.mjs'
import { memoryOf } from '../processes.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const endless = 'with recursive c (n) as (select 1 union all select n + 1 from c) select count(*) from c'
const running = 8
const surplus = 20
const batch = 200
const pauseMs = 20

/** What statements cost that wait for their turn, each on a connection of its own. */
export const waiting = async ({ root, quick, closing }) => {
  const count = quick ? 2_000 : 10_000
  const env = { CONNECTIONS: '20000', QUERIES_WAITING: String(count), QUERIES_WAITING_PER_ORG: String(count), QUERY_TIMEOUT_SECONDS: '300' }
  const { url, pid } = await startSystem({ root, closing, env })
  const account = await openAccount(url, Infinity)
  const client = openClient(url, Infinity)
  closing.add(async () => { account.close(); client.close() })
  const { id } = await account.create('waited for')
  await until('the database runs', async () => (await account.get(id)).database_status === 'RUNNING', 30, 50)
  const request = { method: 'POST', path: `/v2/databases/${id}/query/sql`, headers: { authorization: `Bearer ${account.token}`, 'content-type': 'text/plain' }, body: 'select 1' }
  await load({ client, pid, request, connections: running, seconds: 1, isRight: (answer) => answer.includes('[[1]]') })

  const send = (text) => client.send(request.method, request.path, request.headers, text)
  const given = []
  const note = ({ status }) => { given.push(status) }
  const before = megabytesOf(pid)
  for (let sent = 0; sent < running; sent += 1) send(endless).then(note, () => undefined)
  for (let sent = 0; sent < count + surplus; sent += 1) {
    send(text(sent)).then(note, () => undefined)
    // More connections at once than the system queues would be tried again by it, seconds later.
    if (sent % batch === 0) await delay(pauseMs)
  }
  await until('the line is full and the surplus refused', () => given.length >= surplus, 60, 50)
  const after = megabytesOf(pid)
  if (given.some((status) => status !== 429)) throw new Error(`Statements were answered that should wait: ${given.slice(0, 5)}.`)
  return [
    figure(`${count} statements of 200 bytes that wait`, after - before, 'MB'),
    figure('  each, with its connection', (after - before) * 1_000 / count, 'kB', { most: 40 }),
  ]
}

const text = (number) => `select ${number} -- `.padEnd(200, 'x')
const megabytesOf = (pid) => memoryOf(pid).reduce((sum, { megabytes }) => sum + megabytes, 0)
