const familyOf = (line: string): string | undefined => /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1]

interface Family { readonly head: string[]; readonly samples: string[] }

/** Makes one text of several: a reader allows each family of metrics to stand in one place only. */
export const mergeMetrics = (texts: readonly string[]): string => {
  const families = new Map<string, Family>()
  for (const text of texts) {
    let family: Family = { head: [], samples: [] }
    const known = new Set(families.keys())
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const name = familyOf(line)
      if (name === undefined) {
        family.samples.push(line)
        continue
      }
      family = families.get(name) ?? { head: [], samples: [] }
      families.set(name, family)
      if (!known.has(name)) family.head.push(line)
    }
  }
  return [...families.values()].flatMap(({ head, samples }) => [...head, ...samples]).map((line) => `${line}\n`).join('')
}
