import type { AggregateOptions, DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { type Decimal, callFunction, castValue, divideDecimals, int64, likePattern, meaningError, nowhere, outOfRange, rescale, zeroDivisor } from '@tenantry/featurebase-sql'
import { type Correlation, type Variance, correlation, percentile, variance } from './statistics.js'
import { codecName, decode, encode } from './codec.js'
import { type Fragment, limitError } from './fragment.js'

type Kept = Pick<Fragment, 'type' | 'nanos'>

const mostGathered = 5_000_000
/**
 * Functions may be called so often before there is a row: until then Node keeps what they were given, a hundred bytes a call, and the
 * memory of a child is small.
 */
const mostCalls = 2_000_000

const whole = (value: SQLOutputValue | undefined): bigint => typeof value === 'bigint' ? value : typeof value === 'number' ? BigInt(Math.trunc(value)) : 0n

/** Two integers by an operator; the result is multiplied by ten `up` times and divided by it `down` times, and cut off once. */
const exact = (operator: string, left: bigint, right: bigint, up: number, down: number): bigint => {
  const scaled = (value: bigint): bigint => int64(rescale(value, down, up))
  switch (operator) {
    case '+': return scaled(left + right)
    case '-': return scaled(left - right)
    case '*': return scaled(left * right)
    case '%': return right === 0n ? zeroDivisor() : left % right
    case '<<': return right < 0n ? outOfRange(right) : right > 63n ? 0n : BigInt.asIntN(64, left << right)
    case '>>': return right < 0n ? outOfRange(right) : left >> (right > 63n ? 63n : right)
    default: {
      const [over, under]: readonly [Decimal, Decimal] = [{ unscaled: left, scale: down }, { unscaled: right, scale: 0 }]
      return divideDecimals(over, under, up)
    }
  }
}

interface Gathered { readonly values: bigint[]; readonly over: bigint; readonly under: bigint }

const gathered = (before: Gathered, value: SQLOutputValue | undefined, over: SQLOutputValue | undefined, under: SQLOutputValue | undefined): Gathered => {
  if (value === null) return before
  if (before.values.length >= mostGathered) throw limitError(`PERCENTILE is of ${mostGathered} values at most`)
  before.values.push(whole(value))
  return { values: before.values, over: whole(over), under: whole(under) }
}

const varied = (sums: Variance, value: SQLOutputValue | undefined, shift: SQLOutputValue | undefined): Variance => {
  if (value === null) return sums
  const number = whole(value)
  return { count: sums.count + 1n, sum: sums.sum + number, squares: sums.squares + number * number, shift: whole(shift) }
}

const correlated = (sums: Correlation, one: SQLOutputValue | undefined, other: SQLOutputValue | undefined, scale: SQLOutputValue | undefined): Correlation => {
  if (one === null || other === null) return sums
  const [left, right] = [whole(one), whole(other)]
  return {
    count: sums.count + 1n, left: sums.left + left, right: sums.right + right, leftSquares: sums.leftSquares + left * left,
    rightSquares: sums.rightSquares + right * right, products: sums.products + left * right, scale: whole(scale),
  }
}

const beforeAnyLetter = '\u0001'
const longestId = 20

/** Where a member is a number, all are: they are compared as numbers. */
const orderOf = (list: string): string => list.startsWith('["')
  ? (JSON.parse(list) as readonly string[]).join(beforeAnyLetter)
  : list.slice(1, -1).split(',').map((id) => BigInt.asUintN(64, BigInt(id === '' ? 0 : id)).toString().padStart(longestId, '0')).join('')

/** What statements of one connection call. Functions are made known to it when a statement first needs them. */
export class SqlFunctions {
  private readonly names = new Map<string, string>()
  private pairs = 0
  private calls = 0

  constructor(private readonly database: DatabaseSync, private readonly mostPairs: number) {}

  /** Counts from nothing: a statement begins. */
  start(): void {
    this.pairs = 0
    this.calls = 0
  }

  /** A row has come: what calls were given until then is let go of. */
  rowCame(): void {
    this.calls = 0
  }

  private count(): void {
    this.calls += 1
    if (this.calls > mostCalls) throw limitError(`the statement calls functions more than ${mostCalls} times before it has a row; let it look at fewer rows`)
  }

  /** A function of FeatureBase's, for arguments and a result that are kept in these ways. */
  call(name: string, parameters: readonly Kept[], result: Kept): string {
    const types = parameters.map(({ type }) => type)
    return this.known(`${name}(${parameters.map(codecName).join()})${codecName(result)}`, (known) => {
      this.database.function(known, { deterministic: true, varargs: true, useBigIntArguments: true }, (...given) => {
        this.count()
        return encode(callFunction(name, parameters.map(({ type, nanos }, at) => decode(given[at] ?? null, type, nanos)), types), result.type, result.nanos)
      })
    })
  }

  cast(from: Kept, to: Kept): string {
    return this.known(`cast ${codecName(from)} ${codecName(to)}`, (known) => {
      this.database.function(known, { deterministic: true, useBigIntArguments: true }, (given: SQLOutputValue) => {
        this.count()
        return encode(castValue(decode(given, from.type, from.nanos), from.type, to.type), to.type, to.nanos)
      })
    })
  }

  /** (operator, left, right, up, down): exact where SQLite's own arithmetic is not, and refused where 64 bits are too few. */
  exact(): string {
    return this.known('exact', (known) => {
      this.database.function(known, { deterministic: false, useBigIntArguments: true }, (operator: SQLOutputValue, left: SQLOutputValue, right: SQLOutputValue, up: SQLOutputValue, down: SQLOutputValue) => {
        this.count()
        return left === null || right === null ? null : exact(String(operator), whole(left), whole(right), Number(up), Number(down))
      })
    })
  }

  /** (pattern, text) */
  like(): string {
    return this.known('like', (known) => {
      let last: string | undefined
      let matches = likePattern('')
      this.database.function(known, { deterministic: true }, (pattern: SQLOutputValue, text: SQLOutputValue) => {
        this.count()
        if (typeof pattern !== 'string' || typeof text !== 'string') return null
        if (pattern !== last) [last, matches] = [pattern, likePattern(pattern)]
        return matches(text) ? 1 : 0
      })
    })
  }

  /** (a small number that needs both sides, how many pairs it stands for): true, until a statement has looked at too many of them. */
  pair(): string {
    return this.known('pair', (known) => {
      this.database.function(known, { deterministic: false }, (_both: SQLOutputValue, pairs: SQLOutputValue) => {
        this.pairs += Number(pairs)
        if (this.pairs > this.mostPairs) throw limitError(`joins of the statement look at more than ${this.mostPairs} pairs of rows; join by equal columns, or filter before`)
        return 1
      })
    })
  }

  /** (set): a text that goes by its members, the first of them first. */
  members(): string {
    return this.known('members', (known) => {
      this.database.function(known, { deterministic: true }, (list: SQLOutputValue) => {
        this.count()
        return typeof list === 'string' ? orderOf(list) : null
      })
    })
  }

  /** Refuses a subquery that stands for one value and has more. */
  single(): string {
    return this.known('single', (known) => {
      this.database.function(known, { deterministic: false }, () => { throw meaningError(nowhere, 'single row expected') })
    })
  }

  /** (value, over, under): the value that so many hundredths of all are below. */
  percentile(): string {
    return this.known('percentile', (known) => this.gather<Gathered>(known, () => ({ values: [], over: 0n, under: 1n }), gathered, ({ values, over, under }) => percentile(values, { over, under })))
  }

  /** (value, digits that the result has more than twice those of the value) */
  variance(): string {
    return this.known('variance', (known) => this.gather<Variance>(known, () => ({ count: 0n, sum: 0n, squares: 0n, shift: 0n }), varied, variance))
  }

  /** (one, other, scale of the result) */
  correlation(): string {
    return this.known('correlation', (known) => this.gather<Correlation>(known, () => ({ count: 0n, left: 0n, right: 0n, leftSquares: 0n, rightSquares: 0n, products: 0n, scale: 0n }), correlated, correlation))
  }

  private gather<T>(name: string, start: () => T, step: (sums: T, ...given: readonly SQLOutputValue[]) => T, result: (sums: T) => bigint | null): void {
    // What is gathered never leaves JavaScript: Node keeps any value for it, and its types know only SQLite's.
    const counted = (sums: T, ...given: readonly SQLOutputValue[]): T => {
      this.count()
      return step(sums, ...given)
    }
    const options = { useBigIntArguments: true, varargs: true, start, step: counted, result } as unknown as AggregateOptions
    this.database.aggregate(name, options)
  }

  private known(what: string, make: (name: string) => void): string {
    const known = this.names.get(what)
    if (known !== undefined) return known
    const name = `fb_${this.names.size}`
    make(name)
    this.names.set(what, name)
    return name
  }
}
