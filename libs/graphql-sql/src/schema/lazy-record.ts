/**
 * A record whose values are made when they are first looked at. graphql-js keeps fields and types in records: with ten thousand tables
 * there are a hundred thousand of them, and a document speaks of three.
 */
export const lazyRecord = <T extends object>(names: () => Iterable<string>, make: (name: string) => T | undefined): Record<string, T> => {
  const made = new Map<string, T | undefined>()
  const get = (name: string | symbol): T | undefined => {
    if (typeof name === 'symbol') return undefined
    if (made.has(name)) return made.get(name)
    const value = make(name)
    if (value !== undefined) made.set(name, value)
    return value
  }
  // The target is never written, so that the traps alone say what is there.
  return new Proxy<Record<string, T>>(Object.create(null) as Record<string, T>, {
    get: (_, name) => get(name),
    has: (_, name) => get(name) !== undefined,
    ownKeys: () => [...names()],
    getOwnPropertyDescriptor: (_, name) => {
      const value = get(name)
      return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false }
    },
  })
}
