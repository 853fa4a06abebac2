const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*)\})?\s+([+-]?(?:\d[\d.eE+-]*|Inf|NaN))(?:\s+-?\d+)?\s*$/

const escaped = (text: string): string => text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))

/**
 * What a server measures of itself, as families of OpenMetrics: each sample says which node it is about, and what is no sample is left
 * out. The types stay untold, because those of the older format that the server writes mean something else here.
 */
export const familiesOf = (text: string, node: string): string => {
  const families = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = sample.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const others = labels.replace(/,$/, '')
    const all = /(^|,)fb_node_id="/.test(others) ? others : `fb_node_id="${escaped(node)}"${others === '' ? '' : `,${others}`}`
    const family = families.get(name) ?? []
    family.push(`${name}{${all}} ${value}\n`)
    families.set(name, family)
  }
  return [...families].map(([name, samples]) => `# TYPE ${name} unknown\n${samples.join('')}`).join('')
}
