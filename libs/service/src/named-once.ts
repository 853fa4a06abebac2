/**
 * Names things by what they hold, and each of them once. A text that is put together anew is hashed anew wherever it is looked up,
 * which on the way of a query takes longer than all else that a cache does.
 */
export const namedOnce = <T extends object>(nameOf: (thing: T) => string): ((thing: T) => string) => {
  const names = new WeakMap<T, string>()
  return (thing) => {
    const known = names.get(thing)
    if (known !== undefined) return known
    const name = nameOf(thing)
    names.set(thing, name)
    return name
  }
}
