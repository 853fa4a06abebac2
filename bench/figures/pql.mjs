import { openAccount } from '../client.mjs'
import { median, quantile } from '../numbers.mjs'
import { byPython, importing, schema } from '../people.mjs'
import { memoryOf } from '../processes.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const mostCalls = 5_000
const text = { 'content-type': 'text/plain' }

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

/** What the engine's children take, in MB. */
const childrenMegabytes = (pid) => memoryOf(pid).filter(({ name }) => name?.includes('child/main.js')).reduce((sum, { megabytes }) => sum + megabytes, 0)

/** Questions in PQL over HTTP, one client with one connection; the same by Python's, whose own share is about a sixth of a millisecond. */
export const pql = async ({ root, quick, closing }) => {
  const { url, pid } = await startSystem({ root, closing, env: { QUERY_REQUESTS_PER_USER: '10000000' } })
  const account = await openAccount(url, 1)
  closing.add(async () => account.close())
  const database = async (name) => {
    const { id } = await account.create(name, { shape: 'bitmap-small' })
    await account.running(id)
    const ask = async (path, headers, body) => {
      const { status, text: said } = await account.client.send('POST', `/v2/databases/${id}${path}`, { authorization: `Bearer ${account.token}`, ...headers }, body)
      if (status >= 300) throw new Error(`PQL was answered ${status}: ${said.slice(0, 300)}`)
      return said
    }
    await ask('/schema', { 'content-type': 'application/json' }, JSON.stringify(schema))
    const run = (calls) => ask('/query/pql', text, `[people]${calls}`)
    return { id, run }
  }
  const loaded = async (name, records) => {
    const made = await database(name)
    const began = performance.now()
    const { imported } = await importing(url, made.id, account.token, records)
    if (imported !== records) throw new Error(`${imported} of ${records} rows were imported.`)
    return { ...made, rate: 1_000 * records / (performance.now() - began) }
  }
  const times = async (many, run) => {
    const each = []
    for (let n = 0; n < many; n += 1) {
      const sent = performance.now()
      await run(n)
      each.push(performance.now() - sent)
    }
    return each
  }
  const before = childrenMegabytes(pid)
  const small = await loaded('small', quick ? 50_000 : 500_000)
  const found = [figure('import, 500,000 rows', small.rate, 'rows/s', quick ? {} : { least: 200_000 }), figure('  FeatureBase, BULK INSERT', 160_000, 'rows/s')]
  const medians = new Map()
  // The first questions of a new process are slow, whichever they are.
  await times(quick ? 100 : 1_000, () => small.run('Count(All())'))
  for (const [name, calls, most, known] of queries) {
    await times(100, () => small.run(calls))
    const each = await times(quick ? 100 : 400, () => small.run(calls))
    medians.set(name, median(each))
    found.push(figure(`${name}, p50`, median(each), 'ms', quick || most === undefined ? {} : { most }), figure('  p99', quantile(each, 0.99), 'ms'))
    const python = byPython(url, small.id, account.token, 'pql', `[people]${calls}`, quick ? 50 : 200)
    if (python !== undefined) found.push(figure('  by Python', python, 'ms'))
    if (known !== undefined) found.push(figure('  FeatureBase by Python', known, 'ms'))
  }
  const many = Array.from({ length: mostCalls }, (_, n) => `Set(${n * 7},tag="t${n % 100}")`).join('')
  found.push(figure('5,000 Set calls in one request, p50', median(await times(quick ? 5 : 20, (n) => small.run(many.replaceAll('"t', `"u${n}`)))), 'ms', { most: 300 }), figure('  FeatureBase', 11_300, 'ms'))
  found.push(figure('single Set, on disk, p50', median(await times(quick ? 50 : 200, (n) => small.run(`Set(${n}, age=${n % 90 + 1})`))), 'ms'))
  found.push(figure('memory of the engine for it', childrenMegabytes(pid) - before, 'MB'))
  return [...found, ...quick ? [] : await tenMillion({ loaded, times, medians, megabytes: () => childrenMegabytes(pid) })]
}

/** The same at twenty times as many records. */
const tenMillion = async ({ loaded, times, medians, megabytes }) => {
  const before = megabytes()
  const large = await loaded('large', 10_000_000)
  const found = [figure('import, 10,000,000 rows', large.rate, 'rows/s')]
  for (const [name, calls] of queries) {
    await times(5, () => large.run(calls))
    const each = median(await times(40, () => large.run(calls)))
    found.push(figure(`  ${name}, p50`, each, 'ms'), figure('    of what 500,000 records take', each / medians.get(name), 'x'))
  }
  return [...found, figure('  memory of the engine for it', megabytes() - before, 'MB')]
}
