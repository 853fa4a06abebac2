import fc from 'fast-check'
import { calls, parsePql, printPql, type Argument, type Call, type CallName, type Decimal, type Int, type Query, type Timestamp, type Value } from './index.js'

const runs = process.env['TEST_LONG'] === '1' ? 10_000 : 500
const seed = 23

/** A tree without its places. */
const bare = (query: Query): unknown => JSON.parse(JSON.stringify(query, (key, value: unknown) => key === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value))

const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
// No call has a type for a key that begins so.
const key = fc.stringMatching(/^k[A-Za-z0-9_-]{0,5}$/)
const int = int64.map((value): Int => ({ kind: 'int', value }))
const decimal = fc.tuple(int64, fc.nat(19)).map(([value, scale]): Decimal => {
  const text = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : text.slice(-scale).replace(/0+$/, '')
  return { kind: 'decimal', unscaled: BigInt(`${value < 0n ? '-' : ''}${text.slice(0, text.length - scale)}${fraction}`), scale: fraction.length }
})
const instant = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }).map((date): Timestamp =>
  ({ kind: 'timestamp', text: date.toISOString(), epochNanos: BigInt(date.getTime()) * 1_000_000n }))
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('null', '2019-01-01T00:00', '"', '\\', '\\n', '\n', '$a'))
  .map((value): Value => ({ kind: 'string', value }))
const variable = key.map((name): Value => ({ kind: 'variable', name }))
const scalar: fc.Arbitrary<Value> = fc.oneof(int, decimal, instant, text,
  fc.boolean().map((value): Value => ({ kind: 'bool', value })), variable)
// The word null is a text before the end of a list, so a list of the tests holds none.
const list: fc.Arbitrary<Value> = fc.array(fc.oneof(int, decimal, instant, text), { minLength: 1, maxLength: 4 }).map((items) => ({ kind: 'list', items }))
const bound = fc.oneof(int, decimal)

const operators = ['==', '!=', '<', '<=', '>', '>='] as const
const nothing: fc.Arbitrary<Value> = fc.constant({ kind: 'null' })
const openCalls = (Object.keys(calls) as CallName[]).filter((name) => calls[name].open && calls[name].form === 'generic')
const columns = fc.oneof(text, fc.bigInt(0n, 2n ** 63n - 1n).map((value): Value => ({ kind: 'int', value })))
const time = fc.constantFrom<Value>({ kind: 'string', value: '2019-01-01T00:00' }, { kind: 'string', value: 'noon' })

const named = (name: string, value: Argument['value']): Argument => ({ key: name, value, at: 0 })
const called = (name: CallName, children: readonly Call[], args: readonly Argument[]): Call => ({ name, children, args, at: 0 })

/** A call with up to `depth` calls inside one another. */
const treeOf = (depth: number): fc.Arbitrary<Call> => {
  const inner = depth === 0 ? fc.constant<Call[]>([]) : fc.array(treeOf(depth - 1), { maxLength: 2 })
  const value = depth === 0 ? fc.oneof(scalar, list, nothing) : fc.oneof(scalar, list, nothing, treeOf(depth - 1).map((call): Value => ({ kind: 'call', call })))
  const argument: fc.Arbitrary<Argument['value']> = fc.oneof(
    value,
    fc.record({ kind: fc.constant('condition' as const), op: fc.constantFrom(...operators), value: fc.oneof(scalar, nothing) }),
    fc.record({ kind: fc.constant('range' as const), low: bound, high: bound, includesLow: fc.boolean(), includesHigh: fc.boolean() }),
    fc.record({ kind: fc.constant('range' as const), low: instant, high: instant, includesLow: fc.constant(true), includesHigh: fc.constant(true) }))
  const args = fc.uniqueArray(fc.tuple(key, argument), { minLength: 1, maxLength: 3, selector: ([name]) => name })
    .map((pairs) => pairs.map(([name, one]) => named(name, one)))
  return fc.oneof(
    fc.tuple(fc.constantFrom(...openCalls), inner, fc.oneof(args, fc.constant<Argument[]>([]))).map(([name, children, more]) => called(name, children, more)),
    fc.tuple(fc.constantFrom('Union' as const, 'Extract' as const), inner).map(([name, children]) => called(name, children, [])),
    fc.tuple(columns, args, fc.option(time)).map(([column, more, at]) => called('Set', [], [named('_col', column), ...more, ...(at ? [named('_timestamp', at)] : [])])),
    fc.tuple(columns, args).map(([column, more]) => called('Clear', [], [named('_col', column), ...more])),
    fc.tuple(fc.oneof(key.map((word): Value => ({ kind: 'string', value: word })), text, variable), inner, args)
      .map(([field, children, more]) => called('TopN', children, [named('_field', field), ...more])),
    args.map((more) => called('Range', [], more)))
}

describe('printPql', () => {
  it(`gives a text that is the same tree, for ${runs} trees`, () => {
    fc.assert(fc.property(fc.array(treeOf(3), { maxLength: 3 }), (made) => {
      const query: Query = { calls: made }
      expect(bare(parsePql(printPql(query)))).toEqual(bare(query))
    }), { seed, numRuns: runs })
  })

  it.each([
    ['set( 1 ,f=2 ,g="x" , "2019-01-01T00:00")', 'Set(1, f=2, g="x", 2019-01-01T00:00)'],
    ['Set("a", f=2)', 'Set("a", f=2)'],
    ['Set(f=2, _col=1)', 'Set(f=2, _col=1)'],
    ['Set(_col=-1, f=2)', 'Set(_col=-1, f=2)'],
    ['Set(_col=1, _timestamp="2019-01-01T00:00")', 'Set(_col=1, _timestamp="2019-01-01T00:00")'],
    ['Clear(1, f=2.50)', 'Clear(1, f=2.5)'],
    ['topn( f ,Row(a=1),n=2)', 'TopN(f, Row(a=1), n=2)'],
    ['TopN(field=$f)', 'TopN($f)'],
    ['Rows(_field="no name")', 'Rows(_field="no name")'],
    ['Rows(field="f")', 'Rows(field="f")'],
    ['GroupBy(Rows(f), aggregate=Sum(_field="x"), having=Condition(1<count<=3))', 'GroupBy(Rows(f), aggregate=Sum(_field="x"), having=Condition(1 < count <= 3))'],
    ['Row(t><["2021-01-01T00:00:00Z","2022-01-01T00:00:00Z"])', 'Row(t >< ["2021-01-01T00:00:00Z", "2022-01-01T00:00:00Z"])'],
    ['Row(f=5.)All()', 'Row(f=5.0)\nAll()'],
    ['Row(f >< 3)', 'Row(f >< 3)'],
    ['Range(f=1, 2019-01-01T00:00, 2020-01-01T00:00)', 'Range(f=1, from="2019-01-01T00:00", to="2020-01-01T00:00")'],
    ['Apply(Row(a=1), "x", "y")', 'Apply(Row(a=1), _ivy="x", _ivyReduce="y")'],
    ['Store(Union(), f=x)', 'Store(Union(), f="x")'],
    ['', ''],
  ])('prints %j as %j, which it prints again', (text, printed) => {
    expect(printPql(parsePql(text))).toBe(printed)
    expect(printPql(parsePql(printed))).toBe(printed)
    expect(bare(parsePql(printed))).toEqual(bare(parsePql(text)))
  })
})
