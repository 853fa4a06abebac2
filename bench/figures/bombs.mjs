import { openAccount, openClient } from '../client.mjs'
import { quantile } from '../numbers.mjs'
import { memoryOf } from '../processes.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const limitSeconds = 3
const databases = 50
const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'
const counted = (rest) => `with recursive n(x) as (select 1 union all select x + 1 from n) ${rest}`
const hungry = {
  'two gigabytes of rows': [counted('select hex(zeroblob(400000)) from n limit 2500'), 1],
  'randomblob(1e9)': ['select randomblob(1000000000)', 1],
  'a sort without end': [counted('select x, randomblob(1000) r from n order by r'), 1],
  'a joined text without end': [counted('select length(group_concat(hex(zeroblob(1000000)))) from n'), 1],
  '8 answers of 10 MB at once': ['with recursive n(x) as (select 1 union all select x + 1 from n where x < 99) select hex(zeroblob(50000)) from n', 8],
}

const total = (pid) => memoryOf(pid).reduce((sum, { megabytes }) => sum + megabytes, 0)

/** How late endless statements end that many send at once, and how much memory hungry ones take. */
export const bombs = async ({ root, quick, closing, say }) => {
  const { url, pid } = await startSystem({ root, closing, env: { QUERY_TIMEOUT_SECONDS: String(limitSeconds) } })
  const account = await openAccount(url, 256)
  const client = openClient(url, 256)
  closing.add(async () => { account.close(); client.close() })
  const made = await Promise.all(Array.from({ length: databases }, (_, n) => account.create(`database ${n}`)))
  for (const { id } of made) while ((await account.get(id)).database_status !== 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 20))
  const headers = { 'content-type': 'text/plain', authorization: `Bearer ${account.token}` }
  const sql = async (id, text) => {
    const sent = performance.now()
    const { status } = await client.send('POST', `/v2/databases/${id}/query/sql`, headers, text)
    return { status, ms: performance.now() - sent }
  }
  const alone = []
  for (let round = 0; round < (quick ? 3 : 10); round += 1) alone.push(await sql(made[0].id, endless))
  const crowd = await Promise.all(made.flatMap(({ id }) => Array.from({ length: 4 }, () => sql(id, endless))))
  say(`  alone ${JSON.stringify(alone.map(({ status }) => status))}; of ${crowd.length} at once ${JSON.stringify(Object.groupBy(crowd, ({ status }) => status), (key, value) => Array.isArray(value) ? value.length : value)}`)
  const late = (ends, share) => quantile(ends.map(({ ms }) => ms), share) - limitSeconds * 1_000
  const figures = [
    figure('an endless statement ends past its limit by at most', late(alone, 1), 'ms', { most: 200 }),
    figure(`  ${crowd.length} at once, the median`, late(crowd, 0.5), 'ms'), figure(`  ${crowd.length} at once, p99`, late(crowd, 0.99), 'ms'),
    figure(`${crowd.length} at once end past their limit by at most`, late(crowd, 1), 'ms', { most: 1_000 }),
  ]
  const quiet = total(pid)
  for (const [name, [text, atOnce]] of Object.entries(hungry)) {
    let peak = quiet
    const timer = setInterval(() => { peak = Math.max(peak, total(pid)) }, 50)
    const ends = await Promise.all(Array.from({ length: atOnce }, () => sql(made[1].id, text)))
    clearInterval(timer)
    say(`  ${name}: ${ends.map(({ status }) => status).join(' ')}`)
    figures.push(figure(`  memory (PSS) at its peak above rest, ${name}`, peak - quiet, 'MB'))
  }
  return figures
}
