import { Histogram, Registry } from 'prom-client'
import { Tally } from './tally.js'

const shape = { name: 'some_seconds', help: 'Some seconds.', labelNames: ['method', 'status'] as const, buckets: [0.1, 1, 10] }

describe('a tally', () => {
  it('reads as the histogram of the same observations does', async () => {
    const [ours, theirs] = [new Registry(), new Registry()]
    for (const registry of [ours, theirs]) registry.setDefaultLabels({ service: 'test' })
    const tally = new Tally({ ...shape, registry: ours })
    const histogram = new Histogram({ ...shape, registers: [theirs] })
    const seen = [['GET', '200', 0.05], ['GET', '200', 0.1], ['GET', '500', 0.2], ['POST', '200', 11], ['GET', '200', 3], ['POST', '200', 10]] as const
    for (const [method, status, seconds] of seen) {
      tally.labels(method, status).observe(seconds)
      histogram.labels(method, status).observe(seconds)
    }
    const lines = async (registry: Registry): Promise<readonly string[]> => (await registry.metrics()).split('\n').map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`)).sort()
    expect(await lines(ours)).toEqual(await lines(theirs))
  })
})
