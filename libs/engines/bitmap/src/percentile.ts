export interface Fraction { readonly over: bigint; readonly under: bigint }

/** Numbers as far as a percentile asks for them. */
export interface Counted {
  readonly least: bigint
  readonly most: bigint
  readonly many: number
  countLess(than: bigint): number
  countMore(than: bigint): number
}

/** The number that so much of a hundred of all are below, which need not be one of them: it is sought between the least and the most. */
export const percentileOf = ({ least, most, many: all, countLess, countMore }: Counted, { over, under }: Fraction): bigint => {
  const many = BigInt(all)
  const [below, above] = [Number(many * over / (100n * under)), Number(many * (100n * under - over) / (100n * under))]
  if (above === 0) return most
  if (below === 0) return least
  let [min, max] = [least, most]
  while (min < max) {
    const middle = min / 2n + max / 2n + (min % 2n + max % 2n) / 2n
    if (countLess(middle) > below) max = middle - 1n
    else if (countMore(middle) > above) min = middle + 1n
    else return middle
  }
  return min
}
