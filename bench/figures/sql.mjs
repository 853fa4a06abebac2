import { openAccount } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { byPython, importing, rowsOf, schema } from '../people.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const text = { 'content-type': 'text/plain' }
/** As many as one database takes at once. */
const connections = 8

/** Each with what it may take, in milliseconds, and what FeatureBase took for it on another client. */
const queries = [
  ['count with SETCONTAINS', 'select count(*) from people where setcontains(tag, \'t7\')', 0.4, 12],
  ['GROUP BY of 7', 'select kind, count(*) from people group by kind', 1, 6],
  ['SUM … WHERE', 'select sum(age) from people where age > 50', 0.5, 5],
  ['TOP(10) *', 'select top(10) * from people', 1, 11],
  ['TOP(10) * … ORDER BY', 'select top(10) * from people where setcontains(tag, \'t7\') order by age desc'],
  ['AVG by two columns', 'select kind, tag, avg(age) from people with (flatten(tag)) group by kind, tag'],
  ['one row by its id', 'select * from people where _id = 77777'],
  ['what bitmaps cannot answer', 'select count(*) from people where age * 2 > 150'],
]

/** Few of these are enough. */
const slow = [
  ['join of 500,000 with 5,000', 'select count(*) from people p join few f on p.age = f._id', 150],
  ['join of 500,000 with 5,000, with a sum', 'select sum(f.worth) from people p join few f on p.age = f._id'],
  ['join of 5,000 with 500,000', 'select f.worth, avg(p.age) from few f join people p on f.person = p._id group by f.worth'],
]

const bulkBytes = 900_000

/** The rows as statements of BULK INSERT, as long as one may be. */
function* bulkStatements(records) {
  const [begin, end] = ['bulk insert into loaded (_id, tag, age, kind) map (0 id, 1 stringset, 2 int, 3 string) from x\'', '\' with format \'CSV\' input \'STREAM\'']
  let held = ''
  let isHeader = true
  for (const piece of rowsOf(records)) {
    if (isHeader) isHeader = false
    else held += piece
    if (held.length < bulkBytes) continue
    yield begin + held + end
    held = ''
  }
  if (held !== '') yield begin + held + end
}

/** FeatureBase's SQL over HTTP, one client with one connection, and Python's. */
export const sql = async ({ root, quick, closing }) => {
  const { url } = await startSystem({ root, closing, env: { QUERY_REQUESTS_PER_USER: '10000000' } })
  const account = await openAccount(url, connections)
  closing.add(async () => account.close())
  const { id } = await account.create('people', { shape: 'bitmap-small' })
  await account.running(id)
  const send = async (path, headers, body) => {
    const { status, text: said } = await account.client.send('POST', `/v2/databases/${id}${path}`, { authorization: `Bearer ${account.token}`, ...headers }, body)
    if (status >= 300) throw new Error(`SQL was answered ${status}: ${said.slice(0, 300)}`)
    return said
  }
  const run = (statement) => send('/query/sql', text, statement)
  const times = async (many, ask) => {
    const each = []
    for (let n = 0; n < many; n += 1) {
      const sent = performance.now()
      await ask(n)
      each.push(performance.now() - sent)
    }
    return each
  }
  const records = quick ? 50_000 : 500_000
  await send('/schema', { 'content-type': 'application/json' }, JSON.stringify(schema))
  await importing(url, id, account.token, records)
  await run('create table few (_id id, person int, worth int)')
  await run(`insert into few values ${Array.from({ length: 5_000 }, (_, at) => `(${at}, ${at * 10}, ${at % 7})`).join(',')}`)
  await run('create table loaded (_id id, tag stringset, age int, kind string)')
  const found = []
  const bulk = [...bulkStatements(records)]
  const began = performance.now()
  for (const statement of bulk) await run(statement)
  found.push(figure('BULK INSERT, 500,000 rows', 1_000 * records / (performance.now() - began), 'rows/s', quick ? {} : { least: 200_000 }), figure('  FeatureBase', 160_000, 'rows/s'))
  // The first questions of a new process are slow, whichever they are.
  await times(quick ? 100 : 1_000, () => run('select count(*) from people'))
  for (const [name, statement, most, known] of queries) {
    const many = (await times(1, () => run(statement)))[0] > 20 ? 20 : quick ? 100 : 400
    await times(Math.min(many, 100), () => run(statement))
    const each = await times(many, () => run(statement))
    found.push(figure(`${name}, p50`, median(each), 'ms', quick || most === undefined ? {} : { most }), figure('  p99', quantile(each, 0.99), 'ms'))
    const python = byPython(url, id, account.token, 'sql', statement, Math.min(many, 200))
    if (python !== undefined) found.push(figure('  by Python', python, 'ms'))
    if (known !== undefined) found.push(figure('  FeatureBase by Python', known, 'ms'))
  }
  for (const [name, statement, most] of slow) {
    await times(3, () => run(statement))
    found.push(figure(`${name}, p50`, median(await times(quick ? 5 : 20, () => run(statement))), 'ms', quick || most === undefined ? {} : { most }))
  }
  const alone = await times(quick ? 100 : 500, (n) => run(`insert into few values (${10_000 + n}, ${n % 50}, ${n % 7})`))
  found.push(figure('INSERT of one row by one client, on disk, p50', median(alone), 'ms'))
  const rows = quick ? 1_000 : 10_000
  let next = 0
  const insertRows = async () => {
    while (next < rows) {
      next += 1
      await run(`insert into few values (${100_000 + next}, ${next % 50}, ${next % 7})`)
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, insertRows))
  found.push(figure(`INSERT of one row by ${connections} clients, on disk`, 1_000 * rows / (performance.now() - started), '/s', quick ? {} : { least: 2_000 }))
  return found
}
