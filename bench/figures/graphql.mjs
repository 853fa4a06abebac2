import { load, openAccount, rounds } from '../client.mjs'
import { median } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const connections = 32
const statements = [
  'create table author (id integer primary key, name text not null)',
  'create table post (id integer primary key, author_id integer not null references author (id), title text not null)',
  'create index posts on post (author_id)',
  'insert into author with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i, \'name \' || i from n',
  'insert into post with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) select i, 1 + i % 1000, \'title \' || i from n',
]

/** GraphQL on SQLite through the whole system, beside the same row in SQL: what a plan that is known saves, and what one costs. */
export const graphql = async ({ root, quick, closing }) => {
  const system = await startSystem({ root, closing })
  const account = await openAccount(system.url, connections)
  closing.add(async () => account.close())
  const { id } = await account.create('measured')
  await account.running(id)
  for (const statement of statements) await account.sql(id, statement)

  const bearer = { authorization: `Bearer ${account.token}` }
  const asking = (query, variables) => ({
    method: 'POST', path: `/v2/databases/${id}/query/graphql`, headers: { ...bearer, 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }),
  })
  const requests = {
    sql: { method: 'POST', path: `/v2/databases/${id}/query/sql`, headers: { ...bearer, 'content-type': 'text/plain' }, body: 'select id, name from author where id = 1' },
    key: asking('query ($id: Int!) { author_by_pk(id: $id) { id name } }', { id: 1 }),
    nested: asking('{ author(limit: 20) { id name post(limit: 10) { id title } } }'),
  }
  const measured = { connections, pid: system.pid, seconds: quick ? 1 : 2, isRight: (answer) => answer.includes('"name 1"') }
  let asked = 0
  // Each under a name of its own, so that nobody has seen the document before.
  const unknown = () => rounds({ ...measured, send: () => {
    const { method, path, headers, body } = asking(`query q${asked += 1}($id: Int!) { author_by_pk(id: $id) { id name } }`, { id: 1 })
    return account.client.send(method, path, headers, body)
  } })
  const seen = []
  for (let round = 0; round < (quick ? 3 : 10); round += 1) {
    const one = { unknown: await unknown() }
    for (const [name, request] of Object.entries(requests)) one[name] = await load({ ...measured, client: account.client, request })
    // In the first round the server is compiled.
    if (round > 0) seen.push(one)
  }
  const ratio = (name, other) => median(seen.map((one) => one[name].rate / one[other].rate))
  return [
    figure('GraphQL by key / the same row in SQL', ratio('key', 'sql'), 'x', { least: 0.8 }),
    figure('GraphQL by key, known document / unknown', ratio('key', 'unknown'), 'x', { least: 5 }),
    figure('  by key: rate', median(seen.map(({ key }) => key.rate)), 'req/s'),
    figure('  20 rows with 10 each: rate', median(seen.map(({ nested }) => nested.rate)), 'req/s'),
  ]
}
