import type { Registry } from 'prom-client'

export interface Observer {
  observe(value: number): void
}

interface Series extends Observer {
  readonly labels: Readonly<Record<string, string>>
  readonly counts: Float64Array
  sum: number
}

interface Sample {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

export interface TallyRules<L extends string> {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly L[]
  /** Upper bounds, rising. */
  readonly buckets: readonly number[]
  readonly registry: Registry
}

/** The first of rising bounds that a value does not pass; one behind the last where it passes all. */
export const bucketOf = (bounds: readonly number[], value: number): number => {
  let at = 0
  while (at < bounds.length && value > (bounds[at] ?? Infinity)) at++
  return at
}

/**
 * A histogram that is read like any other of its registry and costs little to write: prom-client's own takes a microsecond or two
 * an observation, most of it to find its series again.
 */
export class Tally<L extends string> {
  private readonly series = new Map<string, Series>()

  constructor(private readonly rules: TallyRules<L>) {
    // Of a metric, a registry calls nothing but `get`; its type knows only the four kinds that prom-client has itself.
    rules.registry.registerMetric({ name: rules.name, get: () => this.get() } as unknown as Parameters<Registry['registerMetric']>[0])
  }

  /** The series of these labels' values, in the order of their names. Whoever is in a hurry keeps it. */
  labels(...values: readonly string[]): Observer {
    const key = values.join('\n')
    const known = this.series.get(key)
    if (known) return known
    const made = this.newSeries(values)
    this.series.set(key, made)
    return made
  }

  private newSeries(values: readonly string[]): Series {
    const { buckets, labelNames } = this.rules
    const labels = Object.fromEntries(labelNames.map((name, at) => [name, values[at] ?? '']))
    const counts = new Float64Array(buckets.length + 1)
    const series: Series = {
      labels, counts, sum: 0,
      observe: (value) => {
        const at = bucketOf(buckets, value)
        counts[at] = (counts[at] ?? 0) + 1
        series.sum += value
      },
    }
    return series
  }

  /** What a registry reads. */
  async get(): Promise<{ readonly values: readonly Sample[] }> {
    const { name, help } = this.rules
    const said = { name, help, type: 'histogram', aggregator: 'sum', values: [...this.series.values()].flatMap((series) => this.valuesOf(series)) }
    return said
  }

  private valuesOf({ labels, counts, sum }: Series): readonly Sample[] {
    const { name, buckets } = this.rules
    let below = 0
    const lines = [...counts].map((count, at) => {
      below += count
      return { metricName: `${name}_bucket`, labels: { ...labels, le: buckets[at] ?? '+Inf' }, value: below }
    })
    return [...lines, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: below }]
  }
}
