const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

type Kind = 'null' | 'list' | 'object' | 'id' | 'time' | 'text' | 'number' | 'boolean'

const kindOf = (value: unknown): Kind => {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return uuid.test(value) ? 'id' : time.test(value) ? 'time' : 'text'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'object'
}

/**
 * Where an answer is not like its example; undefined where it is. Fields must be the same and stand in the same order, a value must be
 * of the same kind (an id, a time, a text, …), and every item of a list like the example's first. An example that is empty ({}, [])
 * says nothing of what is inside. What has not happened yet has no time, and a secret is opaque.
 */
export const unlikeness = (example: unknown, answer: unknown, at = 'the answer'): string | undefined => {
  const [expected, found] = [kindOf(example), kindOf(answer)]
  if (expected !== found) return expected === 'time' && found === 'null' ? undefined : `${at} is ${JSON.stringify(answer)}, which is no ${expected}`
  if (expected === 'list') return unlikeList(example as readonly unknown[], answer as readonly unknown[], at)
  return expected === 'object' ? unlikeObject(example as object, answer as object, at) : undefined
}

const unlikeList = ([first]: readonly unknown[], items: readonly unknown[], at: string): string | undefined => {
  if (first === undefined) return undefined
  if (items.length === 0) return `${at} is empty`
  return items.map((item, index) => unlikeness(first, item, `${at}[${index}]`)).find((said) => said !== undefined)
}

const unlikeObject = (example: object, answer: object, at: string): string | undefined => {
  const [expected, found] = [Object.keys(example), Object.keys(answer)]
  if (expected.length === 0) return undefined
  if (expected.join() !== found.join()) return `${at} has the fields ${found.join()} and not ${expected.join()}`
  const values = answer as Readonly<Record<string, unknown>>
  return Object.entries(example).map(([name, value]) => unlikeness(name === 'secret' ? '' : value, values[name], `${at}.${name}`)).find((said) => said !== undefined)
}
