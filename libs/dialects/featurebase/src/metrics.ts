import { Problem, type ProblemCode } from '@tenantry/contracts'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'
import { wireCode } from './problems.js'

export interface MetricsView {
  readonly answered: number
  readonly seconds: number
  /** How many took at most the bound of the same place and more than the one before; the last has no bound. */
  readonly latencies: ArrayLike<number>
  readonly bounds: readonly number[]
  readonly rows: number
  readonly bytes: number
  readonly refusals: ReadonlyMap<ProblemCode, number>
  readonly inFlight: number
  /** Undefined when nobody can say at the moment. */
  readonly sizeBytes: number | undefined
}

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [suffix: string, labels: Labels, value: number]

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

/** Whole numbers are bounds with a fraction, too: a bound must always be spelt alike. */
const bound = (value: number): string => Number.isInteger(value) ? value.toFixed(1) : String(value)

const refusalsByCode = (refusals: MetricsView['refusals']): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>()
  for (const [code, count] of refusals) {
    const said = wireCode(new Problem(code, ''))
    counts.set(said, (counts.get(said) ?? 0) + count)
  }
  return [...counts].sort(([one], [other]) => one < other ? -1 : 1)
}

const buckets = ({ latencies, bounds, answered, seconds }: MetricsView): readonly Sample[] => {
  let below = 0
  const counted = bounds.map((le, at): Sample => ['_bucket', { le: bound(le) }, below += latencies[at] ?? 0])
  return [...counted, ['_bucket', { le: '+Inf' }, answered], ['_count', {}, answered], ['_sum', {}, seconds]]
}

/** The measures of one database as OpenMetrics text; every sample carries the process that counted it. `families` are those of its own server. */
export const presentMetrics = (view: MetricsView, nodeId: string, families = ''): string => {
  const family = (name: string, type: 'counter' | 'gauge' | 'histogram', unit: '' | 'seconds' | 'bytes', help: string, samples: readonly Sample[]): string => {
    const full = `tenantry_database_${name}`
    const lines = samples.map(([suffix, labels, value]) =>
      `${full}${suffix}{${Object.entries({ ...labels, fb_node_id: nodeId }).map(([label, text]) => `${label}="${escaped(text)}"`).join(',')}} ${value}`)
    return [`# TYPE ${full} ${type}`, ...(unit ? [`# UNIT ${full} ${unit}`] : []), `# HELP ${full} ${help}`, ...lines, ''].join('\n')
  }
  const total = (value: number): readonly Sample[] => [['_total', {}, value]]
  return [
    family('queries', 'counter', '', 'Queries that were answered.', total(view.answered)),
    family('query_errors', 'counter', '', 'Queries that were refused or failed, by the code of the answer.', refusalsByCode(view.refusals).map(([code, count]): Sample => ['_total', { code }, count])),
    family('query_duration_seconds', 'histogram', 'seconds', 'From the arrival of an answered query to its answer.', buckets(view)),
    family('rows', 'counter', '', 'Rows in answers.', total(view.rows)),
    family('answer_bytes', 'counter', 'bytes', 'Bytes of rows in answers.', total(view.bytes)),
    family('connections', 'gauge', '', 'Open connections that have a query waiting, running or on its way back.', [['', {}, view.inFlight]]),
    ...(view.sizeBytes === undefined ? [] : [family('size_bytes', 'gauge', 'bytes', 'What the database takes on disk.', [['', {}, view.sizeBytes]])]),
    families,
    '# EOF\n',
  ].join('')
}

const metrics = {
  method: 'GET', tag: 'Metrics', permission: 'databases:read', params: knownDatabase,
  success: {
    status: 200, contentType: 'application/openmetrics-text',
    description: 'What the process that answers has counted of this database since it began; fb_node_id names the process. A database with a FeatureBase server of its own also tells what that measures. A database that was not used for long begins at zero again.',
  },
  problems: ['DatabaseNotFound'],
  examples: {
    answer: '# TYPE tenantry_database_queries counter\n# HELP tenantry_database_queries Queries that were answered.\ntenantry_database_queries_total{fb_node_id="b4083209-eeed-46b0-b319-3282b36bc383"} 3\n# EOF\n',
  },
} as const

export const readMetrics = operation({ ...metrics, id: 'readMetrics', path: '/v2/databases/{database_id}/metrics', summary: 'Read the metrics of a database' })

/** As the original's document writes it where it shows how to ask. */
export const readMetricsUnversioned = operation({ ...metrics, id: 'readMetricsUnversioned', path: '/databases/{database_id}/metrics', summary: 'Read the metrics of a database (path without a version)' })
