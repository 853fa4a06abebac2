import { readOpenMetrics } from '@tenantry/testing'
import { presentMetrics } from './metrics.js'

const view = {
  answered: 6, seconds: 0.75, bounds: [0.01, 1, 2.5], latencies: [1, 2, 0, 3], rows: 40, bytes: 9_000_000_000, inFlight: 2, sizeBytes: 4096,
  refusals: new Map([['QueryTimeout', 2], ['EngineRejectedQuery', 3], ['TooManyQueries', 1], ['TooManyQueriesOfOrg', 4]] as const),
}
const valuesOf = (text: string, name: string): readonly (readonly [string | undefined, number])[] =>
  readOpenMetrics(text).flatMap(({ samples }) => samples).filter((sample) => sample.name === name).map(({ labels, value }) => [labels['le'] ?? labels['code'], value])

describe('the metrics of a database', () => {
  const text = presentMetrics(view, 'a "node"\\\n')

  it('are OpenMetrics, each sample under the name of the process', () => {
    for (const { samples } of readOpenMetrics(text)) for (const { labels } of samples) expect(labels['fb_node_id']).toBe('a \\"node\\"\\\\\\n')
  })

  it('add up the latencies', () => {
    expect(valuesOf(text, 'tenantry_database_query_duration_seconds_bucket')).toEqual([['0.01', 1], ['1.0', 3], ['2.5', 3], ['+Inf', 6]])
  })

  it('name errors by the codes that their callers were given, each once', () => {
    expect(valuesOf(text, 'tenantry_database_query_errors_total')).toEqual([['Bad Request', 3], ['QueryTimeout', 2], ['TooManyRequests', 5]])
  })

  it('leave out a size that nobody knows', () => {
    expect(valuesOf(text, 'tenantry_database_size_bytes')).toEqual([[undefined, 4096]])
    expect(presentMetrics({ ...view, sizeBytes: undefined }, 'n')).not.toContain('size_bytes')
  })
})
