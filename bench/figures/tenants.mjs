import { openAccount, rounds } from '../client.mjs'
import { quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const tenants = 200
const orgs = 10
const connections = 32
const rowsEach = 1_000
const setUp = [
  'create table t (id integer primary key, name text not null)',
  `insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rowsEach}) select i, 'name ' || i from n`,
  'create table log (id integer primary key, line text not null)',
]

/** Many databases of several orgs, all in use: a row by its key, then rows that are durable before they are confirmed. */
export const hot = async ({ root, quick, closing }) => {
  const { url, pid } = await startSystem({ root, closing })
  const owners = []
  for (let n = 0; n < orgs; n += 1) {
    const account = await openAccount(url, connections)
    closing.add(async () => account.close())
    owners.push({ account, key: await account.createKey() })
  }
  const all = await Promise.all(Array.from({ length: tenants }, async (_, n) => {
    const { account, key } = owners[n % orgs]
    const { id } = await account.create(`tenant ${n}`)
    await account.running(id)
    for (const statement of setUp) await account.sql(id, statement)
    return { account, id, key }
  }))
  const ask = (n, text) => {
    const { account, id, key } = all[n % tenants]
    return account.client.send('POST', `/v2/databases/${id}/query/sql`, { 'content-type': 'text/plain', 'x-api-key': key }, text)
  }
  const seconds = quick ? 2 : 8
  const read = (n) => ask(n, `select * from t where id = ${1 + n % rowsEach}`)
  await rounds({ pid, connections, seconds: quick ? 1 : 3, send: read })
  const selects = await rounds({ pid, connections, seconds, send: read })
  const inserts = await rounds({ pid, connections, seconds, send: (n) => ask(n, `insert into log (line) values ('line ${n}')`) })
  const counts = await Promise.all(all.map(({ account, id }) => account.sql(id, 'select count(*) from log')))
  const kept = counts.reduce((sum, { data: [[count]] }) => sum + count, 0)
  return [
    figure(`point SELECT over ${tenants} tenants`, selects.rate, 'req/s', { least: 2_000 }),
    figure('  SELECT: p50', quantile(selects.times, 0.5), 'ms'),
    figure('  SELECT: p99', quantile(selects.times, 0.99), 'ms', { most: 25 }),
    figure('  SELECT: processor time', selects.micros, 'us/req'),
    figure(`durable INSERT over ${tenants} tenants`, inserts.rate, 'req/s', { least: 600 }),
    figure('  INSERT: p50', quantile(inserts.times, 0.5), 'ms'),
    figure('  INSERT: p99', quantile(inserts.times, 0.99), 'ms'),
    figure('  INSERT: processor time', inserts.micros, 'us/req'),
    figure('  confirmed rows that are not there', inserts.times.length - kept, 'rows', { most: 0 }),
  ]
}
