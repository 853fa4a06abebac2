export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFamily {
  readonly name: string
  readonly type: string
  readonly unit?: string
  readonly samples: readonly MetricSample[]
}

const labelName = '[a-zA-Z_][a-zA-Z0-9_]*'
const metadata = /^# (?<what>TYPE|UNIT|HELP) (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>.+)$/
const sample = new RegExp(`^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(?<labels>(?:${labelName}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"(?:,(?!\\})|(?=\\})))*)\\})? (?<value>[-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf)|NaN)$`, 'i')
const label = new RegExp(`(${labelName})="((?:[^"\\\\]|\\\\.)*)"`, 'g')
const suffixes: Readonly<Record<string, readonly string[]>> = { counter: ['_total'], gauge: [''], unknown: [''], histogram: ['_bucket', '_count', '_sum'] }

type Draft = { name: string; type?: string; unit?: string; help?: string; samples: MetricSample[] }

/**
 * What an OpenMetrics 1.0 text says, read as strictly as a collector that takes nothing else. Throws where the text is not one: another
 * order of lines, a family told twice, a suffix of another type, a label set told twice, a negative counter, buckets that do not add up.
 */
export const readOpenMetrics = (text: string): readonly MetricFamily[] => {
  const lines = text.split('\n')
  if (lines.at(-1) !== '' || lines.at(-2) !== '# EOF') throw new Error('The text does not end with # EOF and a line feed.')
  const families: Draft[] = []
  for (const line of lines.slice(0, -2)) takeLine(line, families)
  return families.map(checked)
}

const takeLine = (line: string, families: Draft[]): void => {
  const current = families.at(-1)
  const told = metadata.exec(line)?.groups
  if (told) {
    const { what = '', name = '', text = '' } = told
    const family = current?.name === name ? current : { name, samples: [] }
    if (family !== current) {
      if (families.some((known) => known.name === name)) throw new Error(`${name} is told in two places.`)
      families.push(family)
    }
    const field = what.toLowerCase() as 'type' | 'unit' | 'help'
    if (family.samples.length > 0 || family[field] !== undefined) throw new Error(`${line} comes late or twice.`)
    family[field] = text
    return
  }
  const seen = sample.exec(line)?.groups
  if (!seen || !current) throw new Error(`This is no line of OpenMetrics: ${line}`)
  const { name = '', labels = '', value = '' } = seen
  const pairs = [...labels.matchAll(label)].map(([, key = '', given = '']) => [key, given] as const)
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error(`A label is told twice: ${line}`)
  current.samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) })
}

const checked = ({ name, type = 'unknown', unit, samples }: Draft): MetricFamily => {
  const allowed = suffixes[type]
  if (!allowed) throw new Error(`${name} is of the type ${type}.`)
  if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end with its unit ${unit}.`)
  const keys = samples.map((one) => `${one.name} ${JSON.stringify(Object.entries(one.labels).sort())}`)
  if (new Set(keys).size !== keys.length) throw new Error(`A sample of ${name} is told twice.`)
  for (const one of samples) {
    if (!one.name.startsWith(name) || !allowed.includes(one.name.slice(name.length))) throw new Error(`${one.name} is no sample of the ${type} ${name}.`)
    if (Number.isNaN(one.value) || (type !== 'gauge' && one.value < 0)) throw new Error(`${one.name} is ${one.value}.`)
  }
  if (type === 'histogram') checkBuckets(name, samples)
  return { name, type, ...(unit !== undefined && { unit }), samples }
}

/** Of a histogram with one set of labels. */
const checkBuckets = (name: string, samples: readonly MetricSample[]): void => {
  const buckets = samples.filter((one) => one.name === `${name}_bucket`)
  const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
  const count = samples.find((one) => one.name === `${name}_count`)?.value
  const rises = (values: readonly number[]): boolean => values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0))
  if (!rises(bounds) || !rises(buckets.map(({ value }) => value)) || bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count) {
    throw new Error(`The buckets of ${name} do not add up.`)
  }
}
