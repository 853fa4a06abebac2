import { parseArgs } from 'node:util'
import { Fault } from '../admin/fault.mjs'
import { openApi } from '../sample/api.mjs'
import { databaseNamed, running } from '../sample/database.mjs'
import { openSource, spelled } from './source.mjs'

const usualUrl = 'http://localhost:8080'
const usualPage = 10_000
const mostPage = 100_000

const usage = `Usage: npx tenantry copy-featurebase --from <address> --name <name> [--tables <a,b>] [--page <records>] [--url <address>]

  copies tables from the FeatureBase server at --from (http://host:10101) into the database of bitmaps named --name, which is made
  where there is none: first the schema, then the records, --page of them at a time (${usualPage} unless said). The server is only
  read. What was copied already is set again and changes nothing, so that a copy that broke off is simply repeated.

  Of fields of the type time the values are copied and not their times. Views are not copied.

It shows the credential in TENANTRY_TOKEN, a token or an API key, to ${usualUrl} unless TENANTRY_URL or --url says otherwise. An
authority of your own (TLS=auto) goes into NODE_EXTRA_CA_CERTS.

Exit codes: 0 done, 1 refused or not running, 2 not understood, 78 settings that are wrong.
`

const options = { from: { type: 'string' }, name: { type: 'string' }, tables: { type: 'string' }, page: { type: 'string' }, url: { type: 'string' }, help: { type: 'boolean' } }

const parsed = (args) => {
  try {
    const { values } = parseArgs({ args, options })
    const page = Number(values.page ?? usualPage)
    if (!Number.isInteger(page) || page < 1 || page > mostPage) throw new Error(`--page is 1 to ${mostPage}`)
    if (!values.help && (!values.from || !values.name)) throw new Error('--from and --name must be there')
    if (values.from !== undefined && !/^https?:\/\//.test(values.from)) throw new Error('--from is an address such as http://host:10101')
    return { ...values, page }
  } catch (error) {
    throw Fault.usage(`${error.message}. "npx tenantry copy-featurebase --help" says how.`)
  }
}

/** Copies and answers what to print. Throws Fault. */
export const copyFeaturebase = async (args, env) => {
  const { help, from, name, tables, page, url = env.TENANTRY_URL ?? usualUrl } = parsed(args)
  if (help) return usage
  if (!env.TENANTRY_TOKEN) throw Fault.configuration('TENANTRY_TOKEN is missing: put a token or an API key into it.')
  const source = openSource(from.replace(/\/+$/, ''))
  const indexes = chosen((await source.schema()).filter(isTenants).map(withoutExistence), tables?.split(','))
  const api = openApi(url.replace(/\/+$/, ''), env.TENANTRY_TOKEN)
  const id = await databaseNamed(api, name)
  await running(api, id)
  await api.sure('POST', `/v2/databases/${id}/schema`, spelled({ indexes }))
  const told = []
  for (const index of indexes) told.push(await copyIndex(source, api, id, index, page))
  return `The database ${name} has the id ${id}.\n${told.join('')}`
}

const isTenants = ({ name }) => !name.startsWith('fb_') && !name.startsWith('tenantry-')
const withoutExistence = ({ name, options: given, fields = [] }) => ({ name, options: given, fields: fields.filter((field) => field.name !== '_exists').map((field) => ({ name: field.name, options: field.options })) })

const chosen = (indexes, wanted) => {
  const missing = wanted?.find((name) => !indexes.some((index) => index.name === name))
  if (missing !== undefined) throw Fault.refused(`The FeatureBase server has no table ${missing}; it has ${indexes.map(({ name }) => name).join(', ') || 'none'}.`)
  return wanted ? indexes.filter(({ name }) => wanted.includes(name)) : indexes
}

const copyIndex = async (source, api, id, index, page) => {
  const { name, fields } = index
  const [records, rows] = [allOf(index), fields.map((field) => `Rows(${field.name})`)]
  let copied = 0
  for (;;) {
    const { columns } = await source.pql(name, `Extract(${[`Limit(${records}, limit=${page}, offset=${copied})`, ...rows].join(', ')})`)
    if (columns.length > 0) await load(api, id, name, columns.map((column) => lineOf(column, fields)).join(''))
    copied += columns.length
    if (columns.length < page) break
  }
  const timed = fields.filter((field) => field.options.type === 'time').map((field) => field.name)
  return `${name}: ${copied} records${timed.length > 0 ? `; of ${timed.join(', ')} the values without their times` : ''}\n`
}

/** Every record: where the server does not keep which there are, those that have a value. */
const allOf = ({ options: { trackExistence }, fields }) => {
  if (trackExistence !== false) return 'All()'
  const ofField = ({ name, options: { type } }) => ['int', 'decimal', 'timestamp'].includes(type) ? `Row(${name} != null)` : `UnionRows(Rows(${name}))`
  return `Union(${fields.map(ofField).join(', ')})`
}

/** A record as a line of NDJSON. What it has no value of is left out. */
const lineOf = ({ column, rows }, fields) =>
  `${spelled(Object.fromEntries([['_id', column], ...fields.flatMap(({ name }, at) => isNothing(rows[at]) ? [] : [[name, rows[at]]])]))}\n`

const isNothing = (value) => value === null || value === undefined || (Array.isArray(value) && value.length === 0)

const load = async (api, id, table, lines) => {
  const report = await api.sure('POST', `/v2/databases/${id}/tables/${table}/import`, lines, 'application/x-ndjson')
  if (report.rejected > 0) throw Fault.refused(`${report.rejected} records of ${table} were not taken: ${report.errors[0]?.message}`)
}
