// Everything that two readers of a path could read differently: an empty or dotted segment, an encoded slash, backslash or NUL,
// a character that must be encoded, a broken encoding.
const ambiguous = /\/\/|\/(?:\.|%2e){1,2}(?=\/|$)|%(?:00|2f|5c)|%(?![\da-f]{2})|[^!$&'()*+,;=:@/\w.~%-]/i

/** The path of a request's target without its query; undefined when it cannot be read in one way only. */
export const pathOf = (url: string): string | undefined => {
  if (url.charCodeAt(0) !== 0x2f) return undefined
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  return ambiguous.test(path) ? undefined : path
}
