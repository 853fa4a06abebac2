import { type DataType, decimalOf, simple } from '../types.js'
import type { Value } from '../typed.js'
import { callFunction, castValue, divideDecimals, likePattern, printTime, readDecimal, readTime } from './index.js'

const typeOf = (value: Value): DataType => simple(typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'int' : 'void')

const call = (name: string, ...values: readonly Value[]): Value => callFunction(name, values, values.map(typeOf))

const time = (text: string): bigint => readTime(text) ?? 0n

const refusalOf = (work: () => unknown): string => {
  try {
    return `answered ${String(work())}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('functions of texts', () => {
  it.each([
    ['REVERSE', ['this'], 'siht'], ['SUBSTRING', ['testing', 1n, 3n], 'est'], ['SUBSTRING', ['testing', 3n], 'ting'], ['STRINGSPLIT', ['a,b', ',', 1n], 'b'],
    ['STRINGSPLIT', ['a,b', ',', 9n], ''], ['CHAR', [255n], 'ÿ'], ['ASCII', ['R'], 82n], ['REPLACEALL', ['hello database', 'data', 'feature'], 'hello featurebase'],
    ['PREFIX', ['string', 3n], 'str'], ['SUFFIX', ['string', 3n], 'ing'], ['RTRIM', [' a '], ' a'], ['LTRIM', [' a '], 'a '], ['SPACE', [3n], '   '],
    ['LEN', ['añ🙂'], 3n], ['REPLICATE', ['ab', 2n], 'abab'], ['CHARINDEX', ['is', 'this is', 3n], 5n], ['CHARINDEX', ['x', 'this'], -1n],
    ['FORMAT', ['%d > %d', 11n, 9n], '11 > 9'], ['FORMAT', ['is %t, %5s|%-4s|', true, 'a', 'b'], 'is true,     a|b   |'], ['FORMAT', ['%d', 'a'], '%!d(string=a)'],
    ['FORMAT', ['%s'], '%!s(MISSING)'], ['FORMAT', ['x', 'a'], 'x%!(EXTRA string=a)'], ['FORMAT', ['%05d%%', -42n], '-0042%'],
    ['STR', [12_345n], '     12345'], ['STR', [12_345n, 5n, 5n], '*****'],
  ] as const)('%s of %j is %j', (name, values, expected) => {
    expect(call(name, ...values)).toBe(expected)
  })

  it('rounds a decimal that STR writes', () => {
    const written = (value: bigint, scale: number, ...more: readonly bigint[]): Value => callFunction('STR', [value, ...more], [decimalOf(scale), ...more.map(typeOf)])
    expect([written(12_345_678n, 3), written(12_345_789n, 3, 8n, 2n), written(-2_345_789n, 3, 8n, 2n), written(5n, 1, 3n), written(15n, 1, 3n)]).toEqual(['     12346', '12345.79', '-2345.79', '  0', '  2'])
  })

  it.each([
    ['SUBSTRING', ['testing', -10n, 14n], "[0:0] value '-10' out of range"], ['CHAR', [256n], "[0:0] value '256' out of range"], ['PREFIX', ['string', 7n], "[0:0] value '7' out of range"],
    ['ASCII', ['longer'], "[0:0] value 'longer' should be of the length 1"], ['CHARINDEX', ['is', 'this is great', 15n], "[0:0] value '15' out of range"],
    ['REPLICATE', ['this', -1n], "[0:0] value '-1' out of range"],
  ] as const)('%s of %j is refused', (name, values, expected) => {
    expect(refusalOf(() => call(name, ...values))).toBe(expected)
  })

  it.each([
    ['REPLICATE', ['ab', 10n ** 15n]], ['SPACE', [10n ** 18n]], ['FORMAT', ['%999999999d', 1n]], ['REPLACEALL', ['a'.repeat(100_000), '', 'b'.repeat(100_000)]], ['STR', [1n, 10n ** 12n]],
  ] as const)('%s makes no text that fills the memory', (name, values) => {
    expect(refusalOf(() => call(name, ...values))).toMatch(/out of range$/)
  })

  it('gives nothing for nothing', () => {
    for (const [name, values] of [['REVERSE', [null]], ['SUBSTRING', ['a', null, 1n]], ['FORMAT', [null, 'a']], ['DATETIMEDIFF', [null, 0n, 0n]]] as const) expect(call(name, ...values)).toBeNull()
  })
})

describe('functions of times', () => {
  const at = time('2012-11-01T22:08:41.1002003Z')

  it.each([
    ['yy', 2012n], ['yd', 306n], ['m', 11n], ['d', 1n], ['w', 4n], ['wk', 44n], ['hh', 22n], ['mi', 8n], ['s', 41n], ['ms', 100n], ['us', 100_200n], ['NS', 100_200_300n],
  ] as const)('tells %s of a time', (part, expected) => {
    expect(call('DATETIMEPART', part, at)).toBe(expected)
  })

  it.each([
    ['yy', 10n], ['m', 121n], ['d', 3_689n], ['hh', 88_555n], ['mi', 5_313_356n], ['s', 318_801_373n], ['ms', 318_801_373_200n], ['us', 318_801_373_200_300n], ['ns', 318_801_373_200_300_500n],
  ] as const)('tells the difference of two in %s', (part, expected) => {
    expect(call('DATETIMEDIFF', part, at, time('2022-12-09T18:04:54.3005008Z'))).toBe(expected)
  })

  it('adds months as a calendar goes on', () => {
    const added = (part: string, many: bigint, from: string): string => printTime(BigInt(String(call('DATETIMEADD', part, many, time(from)))))
    expect([added('m', 1n, '2023-01-31T00:00:00Z'), added('yy', -1n, '2020-02-29T00:00:00Z'), added('ns', 5n, '2020-01-01')]).toEqual(['2023-03-03T00:00:00Z', '2019-03-01T00:00:00Z', '2020-01-01T00:00:00.000000005Z'])
  })

  it('names months and days, and cuts times off', () => {
    expect([call('DATETIMENAME', 'm', at), call('DATETIMENAME', 'w', at), call('DATETIMENAME', 'yy', at), call('DATE_TRUNC', 'yy', at), call('DATE_TRUNC', 'hh', at), call('DATE_TRUNC', 'us', at)])
      .toEqual(['November', 'Thursday', '2012', '2012', '2012-11-01T22', '2012-11-01T22:08:41.100200'])
  })

  it.each([
    ['DATETIMEPART', ['1', 0n], "[0:0] invalid value '1' for parameter 'interval'"], ['TOTIMESTAMP', [1n, 'x'], "[0:0] invalid value 'x' for parameter 'timeunit'"],
    ['DATETIMEFROMPARTS', [10_000n, 1n, 1n, 1n, 1n, 1n, 1n], '[0:0] not a valid datetimepart 10000'], ['DATETIMEFROMPARTS', [2023n, 2n, 29n, 1n, 1n, 1n, 1n], '[0:0] not a valid datetimepart 29'],
    ['DATETIMEADD', ['yy', 9_000n, 0n], '[0:0] output value out of range'],
  ] as const)('%s of %j is refused', (name, values, expected) => {
    expect(refusalOf(() => call(name, ...values))).toBe(expected)
  })

  it('reads and writes every year that RFC 3339 has', () => {
    for (const text of ['0000-01-01T00:00:00Z', '0099-12-31T23:59:59Z', '1969-12-31T23:59:59.5Z', '9999-12-31T23:59:59.999999999Z']) expect(printTime(time(text))).toBe(text)
    expect(['2023-02-30', '2023-01-01T24:00:00Z', '2023-01-01 00:00:00', '1', ''].map(readTime)).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(printTime(time('2001-11-01T22:08:41+02:00'))).toBe('2001-11-01T20:08:41Z')
  })
})

describe('casts', () => {
  const [int, string, bool, timestamp] = [simple('int'), simple('string'), simple('bool'), simple('timestamp')]

  it('makes what another type has of a value', () => {
    expect([castValue(1_000n, int, bool), castValue(-1n, int, bool), castValue(7n, int, decimalOf(2)), castValue(1_234n, decimalOf(2), string), castValue(true, bool, int)]).toEqual([true, false, 700n, '12.34', 1n])
    expect([castValue('12.5', string, decimalOf(2)), castValue('t', string, bool), castValue('-9', string, int), castValue(-1n, timestamp, int), castValue(['b', 'a'], simple('stringset'), string)]).toEqual([1_250n, true, -9n, -1n, '["a","b"]'])
  })

  it('refuses what the type has not', () => {
    expect(refusalOf(() => castValue('x', string, int))).toBe("[0:0] 'x' cannot be cast to 'int'")
    expect(refusalOf(() => castValue('1.234', string, decimalOf(2)))).toBe("[0:0] '1.234' cannot be cast to 'decimal(2)'")
    expect(refusalOf(() => castValue('9223372036854775808', string, int))).toMatch(/cannot be cast/)
  })

  it('cuts quotients off, and refuses to divide by nothing', () => {
    const quotient = (left: string, right: string, scale: number): bigint => divideDecimals(readDecimal(left) ?? { unscaled: 0n, scale: 0 }, readDecimal(right) ?? { unscaled: 0n, scale: 0 }, scale)
    expect([quotient('20', '12.34', 2), quotient('12.34', '20', 2), quotient('-1', '3', 4)]).toEqual([162n, 61n, -3_333n])
    expect(refusalOf(() => quotient('1', '0', 2))).toBe('[0:0] divisor is equal to zero')
  })
})

describe('LIKE', () => {
  it.each([
    ['foo', '%f_', true], ['foo', 'f%', true], ['foo', 'F__', true], ['foo', 'f', false], ['foo', '%o', true], ['foo', '_o', true], ['f', 'f_', false], ['abcabc', '%c', true], ['abcabd', '%c%', true],
    ['a.c', 'a.c', true], ['abc', 'a.c', false], ['', '%', true], ['', '_', false], ['aXbXc', 'a%x%c', true],
  ])('%j like %j: %s', (text, pattern, expected) => {
    expect(likePattern(pattern)(text)).toBe(expected)
  })

  it('tries a long pattern in a time that the text bounds', () => {
    expect(likePattern('%a'.repeat(5_000) + 'b')('a'.repeat(20_000))).toBe(false)
  })
})
