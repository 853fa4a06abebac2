import { parseArgs } from 'node:util'
import { Fault } from '../admin/fault.mjs'
import { openApi } from './api.mjs'
import { databaseNamed, running } from './database.mjs'
import { cities, customerLines, schema } from './rows.mjs'

const usualUrl = 'http://localhost:8080'
const usualRows = 5_000
const mostRows = 1_000_000
const rowsAtOnce = 5_000

const usage = `Usage: npx tenantry sample [--url <address>] [--name <name>] [--rows <number>]

  makes a database of bitmaps named "sample" with the tables customers and cities, which have a column of every type, and fills
  them: ${usualRows} customers unless said, ${mostRows} at most. A second run finds what is there and changes nothing.

It shows the credential in TENANTRY_TOKEN, a token or an API key, to ${usualUrl} unless TENANTRY_URL or --url says otherwise. An
authority of your own (TLS=auto) goes into NODE_EXTRA_CA_CERTS.

Exit codes: 0 done, 1 refused or not running, 2 not understood, 78 settings that are wrong.
`

const parsed = (args) => {
  try {
    const { values } = parseArgs({ args, options: { url: { type: 'string' }, name: { type: 'string' }, rows: { type: 'string' }, help: { type: 'boolean' } } })
    const rows = Number(values.rows ?? usualRows)
    if (!Number.isInteger(rows) || rows < 1 || rows > mostRows) throw new Error(`--rows is 1 to ${mostRows}`)
    return { ...values, rows }
  } catch (error) {
    throw Fault.usage(`${error.message}. "npx tenantry sample --help" says how.`)
  }
}

/** Makes the sample and answers what to print. Throws Fault. */
export const sample = async (args, env) => {
  const { help, rows, name = 'sample', url = env.TENANTRY_URL ?? usualUrl } = parsed(args)
  if (help) return usage
  if (!env.TENANTRY_TOKEN) throw Fault.configuration('TENANTRY_TOKEN is missing: put a token or an API key into it.')
  const at = url.replace(/\/+$/, '')
  const api = openApi(at, env.TENANTRY_TOKEN)
  const id = await databaseNamed(api, name)
  await running(api, id)
  await api.sure('POST', `/v2/databases/${id}/schema`, JSON.stringify(schema))
  await load(api, id, 'cities', cities.map((city) => `${JSON.stringify(city)}\n`).join(''))
  for (let from = 0; from < rows; from += rowsAtOnce) await load(api, id, 'customers', customerLines(from, Math.min(from + rowsAtOnce, rows)))
  return told({ at, id, name, rows, speaksSql: (await api.ask('POST', `/v2/databases/${id}/query/sql`, 'select count(*) from customers', 'text/plain')).status === 200 })
}

const load = (api, id, table, lines) => api.sure('POST', `/v2/databases/${id}/tables/${table}/import`, lines, 'application/x-ndjson')

const inSql = [
  'select segment, count(*) as customers, sum(balance) as balance from customers group by segment order by segment',
  'select top(10) * from customers where setcontains(interests, \'chess\') and age > 60',
  'select c.name, t.country from customers c inner join cities t on c.city = t._id where t.population > 400000',
]
const inPql = ['[customers]Count(Intersect(Row(interests="chess"), Row(age > 60)))', '[customers]GroupBy(Rows(segment), aggregate=Sum(field=balance))']

const told = ({ at, id, name, rows, speaksSql }) => {
  const command = (language, text) => `curl -s ${at}/v2/databases/${id}/query/${language} -H "Authorization: Bearer $TENANTRY_TOKEN" -H 'Content-Type: text/plain' -d '${text.replaceAll('\'', '\'\\\'\'')}'\n`
  return `The database ${name} (${id}) has ${rows} customers in ${cities.length} cities. Ask it:\n\n${[...speaksSql ? inSql.map((text) => command('sql', text)) : [], ...inPql.map((text) => command('pql', text))].join('\n')}`
}
