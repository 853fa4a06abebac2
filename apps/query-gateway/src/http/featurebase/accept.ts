/** One of the ranges in an Accept header. */
interface Range {
  readonly type: string
  readonly weight: number
}

const mostRanges = 20

const rangesOf = (accept: string): readonly Range[] => accept.split(',', mostRanges).map((range) => {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
  return { type, weight: Number.isNaN(weight) ? 1 : weight }
})

const isAny = (type: string): boolean => type === '*/*' || type === 'application/*'

/** The type, of those that can be given, that a client likes best; the first of them where it names none, or says nothing. */
export const preferred = <T extends string>(accept: string | undefined, given: readonly [T, ...T[]]): T => {
  if (accept === undefined) return given[0]
  // The sort keeps the client's order among equals.
  const ranges = rangesOf(accept).filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight)
  for (const { type } of ranges) {
    const found = isAny(type) ? given[0] : given.find((one) => one === type)
    if (found !== undefined) return found
  }
  return given[0]
}
