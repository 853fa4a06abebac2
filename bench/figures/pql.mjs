import { spawnSync } from 'node:child_process'
import { openAccount } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const callsInRequest = 4_998
const text = { 'content-type': 'text/plain' }

/** The tables of the figures that are known of FeatureBase: a set of 100 values, a number of 100, a text of 7. */
const schema = { indexes: [{ name: 'people', options: { keys: false }, fields: [
  { name: 'tag', options: { type: 'set', keys: true } }, { name: 'age', options: { type: 'int' } }, { name: 'kind', options: { type: 'mutex', keys: true } },
] }] }

/** Each with what it may take, in milliseconds, and what FeatureBase took for it on another client. */
const queries = [
  ['Count(Intersect(Row, Row(age > 50)))', 'Count(Intersect(Row(tag="t7"), Row(age > 50)))', 0.3, 0.56],
  ['Sum', 'Sum(field=age)', 0.3, 0.29],
  ['TopN n=10', 'TopN(tag, n=10)', 0.3, 0.33],
  ['TopK k=10', 'TopK(tag, k=10)', 0.3, 0.52],
  ['GroupBy 100 groups', 'GroupBy(Rows(tag))', 0.5, 0.6],
  ['GroupBy 100 x 7', 'GroupBy(Rows(tag), Rows(kind))', 2, 6],
  ['GroupBy with Sum', 'GroupBy(Rows(tag), aggregate=Sum(field=age))', 3, 9],
  ['Distinct(int)', 'Distinct(field=age)', 3, 33],
  ['Extract of 5,000', 'Extract(Limit(All(), limit=5000), Rows(age))', 5, 10],
  ['Extract of 5,000, sets', 'Extract(Limit(All(), limit=5000), Rows(tag))', undefined, undefined],
]

/** The same numbers at every run: a shift register. */
const drawing = (seed) => {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Questions in PQL over HTTP, one client with one connection; the same by Python's, whose own share is about a sixth of a millisecond. */
export const pql = async ({ root, quick, closing }) => {
  const records = quick ? 50_000 : 500_000
  const { url } = await startSystem({ root, closing, env: { QUERY_REQUESTS_PER_USER: '10000000' } })
  const account = await openAccount(url, 1)
  closing.add(async () => account.close())
  const { id } = await account.create('bitmaps', { shape: 'bitmap-small' })
  await account.running(id)
  const bearer = { authorization: `Bearer ${account.token}` }
  const ask = async (path, headers, body) => {
    const { status, text: said } = await account.client.send('POST', `/v2/databases/${id}${path}`, { ...bearer, ...headers }, body)
    if (status >= 300) throw new Error(`PQL was answered ${status}: ${said.slice(0, 300)}`)
    return said
  }
  await ask('/schema', { 'content-type': 'application/json' }, JSON.stringify(schema))
  const draw = drawing(7)
  const writes = []
  for (let record = 0; record < records;) {
    let calls = '[people]'
    for (let n = 0; n < callsInRequest / 3 && record < records; n += 1, record += 1) calls += `Set(${record},tag="t${draw(100)}")Set(${record},age=${draw(100)})Set(${record},kind="k${draw(7)}")`
    const sent = performance.now()
    await ask('/query/pql', text, calls)
    writes.push(performance.now() - sent)
  }
  const found = [figure('5,000 Set calls in one request, p50', median(writes), 'ms', { most: 300 }), figure('  FeatureBase', 11_300, 'ms')]
  const times = async (calls, many) => {
    const each = []
    for (let n = 0; n < many; n += 1) {
      const sent = performance.now()
      await ask('/query/pql', text, `[people]${calls}`)
      each.push(performance.now() - sent)
    }
    return each
  }
  for (const [name, calls, most, known] of queries) {
    await times(calls, 30)
    const each = await times(calls, quick ? 100 : 400)
    const small = quick ? {} : most === undefined ? {} : { most }
    found.push(figure(`${name}, p50`, median(each), 'ms', small), figure('  p99', quantile(each, 0.99), 'ms'))
    const python = byPython(url, id, account.token, `[people]${calls}`, quick ? 50 : 200)
    if (python !== undefined) found.push(figure('  by Python', python, 'ms'))
    if (known !== undefined) found.push(figure('  FeatureBase by Python', known, 'ms'))
  }
  const single = []
  for (let n = 0; n < (quick ? 50 : 200); n += 1) {
    const sent = performance.now()
    await ask('/query/pql', text, `[people]Set(${n}, age=${n % 90 + 1})`)
    single.push(performance.now() - sent)
  }
  return [...found, figure('single Set, on disk, p50', median(single), 'ms')]
}

const program = `
import http.client, sys, time
host, path, token, body, many = sys.argv[1:6]
connection = http.client.HTTPConnection(host, timeout=60)
times = []
for n in range(int(many) + 10):
    began = time.perf_counter()
    connection.request('POST', path, body, {'Authorization': 'Bearer ' + token, 'Content-Type': 'text/plain'})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200: sys.exit(1)
    times.append(time.perf_counter() - began)
print(sorted(times[10:])[int(many) // 2] * 1000)
`

/** The median of a Python client in milliseconds; undefined where there is no Python. */
const byPython = (url, id, token, body, many) => {
  const { status, stdout, error } = spawnSync('python3', ['-c', program, new URL(url).host, `/v2/databases/${id}/query/pql`, token, body, String(many)], { encoding: 'utf8' })
  if (error?.code === 'ENOENT') return undefined
  if (status !== 0) throw new Error('The Python client was not answered.')
  return Number(stdout)
}
