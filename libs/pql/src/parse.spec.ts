import { parsePql, PqlError, printPql, type Argument, type Call, type Value } from './index.js'

const one = (text: string): Call => {
  const [call, ...more] = parsePql(text).calls
  if (!call || more.length > 0) throw new Error(`${text} is not one call.`)
  return call
}
const argsOf = (call: Call): Readonly<Record<string, Argument['value']>> => Object.fromEntries(call.args.map(({ key, value }) => [key, value]))
const valueOf = (text: string): Argument['value'] => one(`Row(f=${text})`).args[0]?.value ?? { kind: 'null' }
const string = (value: string): Value => ({ kind: 'string', value })
const int = (value: number): Value => ({ kind: 'int', value: BigInt(value) })

describe('parsePql', () => {
  it('takes an empty text, and one of spaces, for a request without calls', () => {
    for (const text of ['', ' ', '\t\n ']) expect(parsePql(text)).toEqual({ calls: [] })
  })

  it('reads calls in their order, with spaces between them or nothing', () => {
    expect(parsePql('Count(All())Row(a=1)\n\tAll()').calls.map(({ name }) => name)).toEqual(['Count', 'Row', 'All'])
  })

  it('spells a call as the table does, however the text did', () => {
    expect(['row(a=1)', 'ROW(a=1)', 'tOpN(f)', 'groupby(rows(f))'].map((text) => one(text).name)).toEqual(['Row', 'Row', 'TopN', 'GroupBy'])
  })

  it('tells where each call and argument begins', () => {
    const call = one('  Union(Row(a=1), Row( bc = 2))')
    expect(call.at).toBe(2)
    expect(call.children.map(({ at, args }) => [at, args[0]?.at])).toEqual([[8, 12], [18, 23]])
  })

  it.each<[string, Value]>([
    ['null', { kind: 'null' }],
    ['true', { kind: 'bool', value: true }],
    ['false ', { kind: 'bool', value: false }],
    ['0', int(0)],
    ['-0', int(0)],
    ['007', int(7)],
    ['-12', int(-12)],
    ['9223372036854775807', { kind: 'int', value: 2n ** 63n - 1n }],
    ['-9223372036854775808', { kind: 'int', value: -(2n ** 63n) }],
    ['1.5', { kind: 'decimal', unscaled: 15n, scale: 1 }],
    ['-5.0', { kind: 'decimal', unscaled: -5n, scale: 0 }],
    ['5.', { kind: 'decimal', unscaled: 5n, scale: 0 }],
    ['.25', { kind: 'decimal', unscaled: 25n, scale: 2 }],
    ['-.050', { kind: 'decimal', unscaled: -5n, scale: 2 }],
    ['-0.0', { kind: 'decimal', unscaled: 0n, scale: 0 }],
    ['word', string('word')],
    ['a-b_c:9', string('a-b_c:9')],
    ['-a', string('-a')],
    ['nulls', string('nulls')],
    ['"two words"', string('two words')],
    ['\'it "is"\'', string('it "is"')],
    ['"a\\"b\\\\c\\nd\\te"', string('a"b\\c\nd\te')],
    ['\'a\\\'b\'', string('a\'b')],
    ['""', string('')],
    ['"Grüße 👋"', string('Grüße 👋')],
    ['2019-01-02T03:04', string('2019-01-02T03:04')],
    ['"2019-01-02T03:04"', string('2019-01-02T03:04')],
    ['"2019-01-02T03:04:05"', string('2019-01-02T03:04:05')],
    ['$who', { kind: 'variable', name: 'who' }],
    ['[1, "b", c]', { kind: 'list', items: [int(1), string('b'), string('c')] }],
    ['[ 1,null ]', { kind: 'list', items: [int(1), string('null')] }],
    ['[null,1]', { kind: 'list', items: [{ kind: 'null' }, int(1)] }],
  ])('reads the value %s', (text, value) => {
    expect(valueOf(text)).toEqual(value)
  })

  it.each([
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01T01:00:00+01:00', 0n],
    ['1969-12-31T22:30:00-01:30', 0n],
    ['1970-01-01T00:00:01.5Z', 1_500_000_000n],
    ['1970-01-01T00:00:00.0000000019Z', 1n],
    ['2024-02-29T23:59:59Z', 1_709_251_199_000_000_000n],
    ['0021-01-01T00:00:00Z', -61_504_444_800_000_000_000n],
  ])('reads %s as an instant to the nanosecond', (text, epochNanos) => {
    expect(valueOf(`'${text}'`)).toEqual({ kind: 'timestamp', text, epochNanos })
  })

  it.each(['==', '!=', '<', '<=', '>', '>='])('reads a comparison by %s, with spaces or without', (op) => {
    for (const text of [`Row(f${op}3)`, `Row(f ${op} 3)`]) expect(argsOf(one(text))).toEqual({ f: { kind: 'condition', op, value: int(3) } })
  })

  it.each([
    ['1 < f < 5', false, false], ['1<=f<5', true, false], ['1 < f <= 5', false, true], ['1 <= f <= 5', true, true], ['f >< [1, 5]', true, true],
  ])('reads %s as a range', (text, includesLow, includesHigh) => {
    expect(argsOf(one(`Row(${text})`))).toEqual({ f: { kind: 'range', low: int(1), high: int(5), includesLow, includesHigh } })
  })

  it('keeps >< with what is no pair for the engine to refuse', () => {
    expect(argsOf(one('Row(f >< 3)'))).toEqual({ f: { kind: 'condition', op: '><', value: int(3) } })
    expect(argsOf(one('Row(f >< [3])'))).toEqual({ f: { kind: 'condition', op: '><', value: { kind: 'list', items: [int(3)] } } })
  })

  it.each<[string, Readonly<Record<string, Value>>]>([
    ['Set(7, f=1)', { _col: int(7), f: int(1) }],
    ['Set("k", f=1, g=x)', { _col: string('k'), f: int(1), g: string('x') }],
    ['Set(7, f=1, 2019-01-02T03:04)', { _col: int(7), f: int(1), _timestamp: string('2019-01-02T03:04') }],
    ['Set(7, f=1, "2019-01-02T03:04" )', { _col: int(7), f: int(1), _timestamp: string('2019-01-02T03:04') }],
    ['Clear(\'k\', f=1)', { _col: string('k'), f: int(1) }],
    ['Set(_col=7, f=1)', { _col: int(7), f: int(1) }],
    ['TopN(f)', { _field: string('f') }],
    ['TopN(f, n=3)', { _field: string('f'), n: int(3) }],
    ['Rows(field=f, limit=3)', { _field: string('f'), limit: int(3) }],
    ['Rows(field="f")', { field: string('f') }],
    ['Rows(field = f)', { field: string('f') }],
    ['Sum($f)', { _field: { kind: 'variable', name: 'f' } }],
    ['MinRow(field=f)', { field: string('f') }],
    ['ClearRow(f=3)', { f: int(3) }],
    ['Range(f=1, 2019-01-01T00:00, 2020-01-01T00:00)', { f: int(1), from: string('2019-01-01T00:00'), to: string('2020-01-01T00:00') }],
    ['Range(f=1, from=2019-01-01T00:00, to= 2020-01-01T00:00)', { f: int(1), from: string('2019-01-01T00:00'), to: string('2020-01-01T00:00') }],
    ['Apply("+/ x", \'sum\')', { _ivy: string('+/ x'), _ivyReduce: string('sum') }],
    ['Sort(All(), field=f, sort-desc=true)', { 'field': string('f'), 'sort-desc': { kind: 'bool', value: true } }],
    ['Distinct(field=f, index=other)', { field: string('f'), index: string('other') }],
    ['Row(f=1, _index=other)', { f: int(1), _index: string('other') }],
    ['Row(sort-desc_Θ9=1)', { 'sort-desc_Θ9': int(1) }],
  ])('reads the places and keys of %s', (text, args) => {
    expect(argsOf(one(text))).toEqual(args)
  })

  it('reads calls as children and as values', () => {
    const call = one('GroupBy(Rows(a), Rows(b), filter=Row(c > 1), aggregate=Count(Distinct(field=d)), limit=3)')
    expect(call.children.map(({ name, args }) => [name, args.length])).toEqual([['Rows', 1], ['Rows', 1]])
    expect(call.args.map(({ key, value }) => [key, value.kind === 'call' ? printPql({ calls: [value.call] }) : value.kind]))
      .toEqual([['filter', 'Row(c > 1)'], ['aggregate', 'Count(Distinct(field="d"))'], ['limit', 'int']])
  })

  it('takes a comma before the end of a call that says nothing by its place', () => {
    for (const text of ['Row(a=1,)', 'Union(All(), )', 'Union(,)', 'Options(All(), shards=[1],)', 'TopN(f,)', 'TopN(field=f, n=1,)']) expect(() => one(text)).not.toThrow()
  })

  it('answers a hundred thousand arguments, and finds the two that are alike', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => `f${at}=1`).join(',')
    expect(one(`Row(${many})`).args).toHaveLength(100_000)
    expect(() => one(`Row(${many},f77777=1)`)).toThrow(PqlError)
  })
})
