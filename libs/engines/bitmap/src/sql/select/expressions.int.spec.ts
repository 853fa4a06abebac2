import { type Around, type TypedExpression, type Value, SqlError, evaluatorOf, readTime } from '@tenantry/featurebase-sql'
import { type Draw, drawFrom } from '@tenantry/testing'
import { makeRoot } from '../../testing/database.js'
import { SqlAsked, testNow } from '../../testing/sql.js'
import { prepareQuery } from './prepare.js'
import { valuesOfQuery } from './answer.js'

const root = makeRoot()
const asked = new SqlAsked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const many = process.env['TEST_LONG'] === '1' ? 20_000 : 1_000
const columns = ['_id', 'a', 'b', 'small', 'd', 'e', 's', 't', 'ok', 'at', 'fine', 'ids', 'words', 'other']

const moment = (text: string): bigint => readTime(text) ?? 0n

beforeAll(() => {
  asked.table('every', { _id: 'id', a: 'int', b: 'int', small: 'int', d: 'decimal(2)', e: 'decimal(4)', s: 'string', t: 'string', ok: 'bool', at: 'timestamp', fine: 'timestamp', ids: 'idset', words: 'stringset', other: 'id' }, [
    [1n, 5n, -7n, 3n, 1_234n, 12_340_000n, 'abc', 'ABC', true, moment('2020-02-29T23:59:59Z'), moment('2020-02-29T23:59:59.123456Z'), [1n, 2n], ['a', 'b'], 2n],
    [2n, 0n, 9_223_372_036_854_775_807n, 0n, -1n, 99n, '', 'ñandú', false, moment('1969-12-31T00:00:00Z'), moment('2021-01-01'), [2n], ['ñ', ''], 1n],
    [3n, null, -9_223_372_036_854_775_808n, 7n, null, 5_000n, null, 'b', null, null, moment('1970-01-01'), null, null, null],
    [4n, 100n, 3n, 1n, 100n, 10_000n, 'b', 'b', true, moment('2024-12-31T12:00:00Z'), null, [1n, 3n, 9n], ['b'], 4n],
    [5n, -3n, 1n, null, 0n, null, 'a,b,c', null, false, moment('2020-02-29T23:59:59Z'), moment('2020-02-29T23:59:59Z'), [5n], ['abc'], 9n],
  ], { at: { timeUnit: 's' }, fine: { timeUnit: 'us' }, small: { min: 0, max: 10 } })
})

type Kind = 'int' | 'decimal' | 'string' | 'bool' | 'time' | 'idset' | 'stringset'

/** An expression of a kind, written at random. */
const written = (next: Draw, kind: Kind, depth: number): string => {
  const pick = (...ways: readonly (() => string)[]): string => (ways[next(ways.length)] ?? (() => 'null'))()
  const some = (of: Kind): string => written(next, of, depth - 1)
  if (depth <= 0) return leaf(next, kind)
  switch (kind) {
    case 'int': return pick(
      () => leaf(next, kind), () => `(${some('int')} ${['+', '-', '*', '/', '%', '&', '|'][next(7)] ?? '+'} ${some('int')})`, () => `(${some('int')} << ${next(5)})`, () => `-${leaf(next, kind)}`, () => `len(${some('string')})`,
      () => `case when ${some('bool')} then ${some('int')} else ${some('int')} end`, () => `coalesce(${some('int')}, ${some('int')})`, () => `charindex('b', ${some('string')})`,
      () => `datetimepart('${['yy', 'yd', 'm', 'wk', 'us', 'hh'][next(6)] ?? 'd'}', ${some('time')})`, () => `datetimediff('${['yy', 'm', 'd', 'ms'][next(4)] ?? 'd'}', ${some('time')}, ${some('time')})`, () => `cast(${some('bool')} as int)`,
    )
    case 'decimal': return pick(
      () => leaf(next, kind), () => `(${some('decimal')} ${['+', '-', '*', '/'][next(4)] ?? '+'} ${some('decimal')})`, () => `(${some('decimal')} ${['+', '-', '*', '/'][next(4)] ?? '+'} ${some('int')})`,
      () => `cast(${some('int')} as decimal(3))`, () => `-${leaf(next, kind)}`,
    )
    case 'string': return pick(
      () => leaf(next, kind), () => `(${some('string')} || ${some('string')})`, () => `upper(${some('string')})`, () => `reverse(${some('string')})`, () => `replaceall(${some('string')}, 'b', 'xy')`,
      () => `cast(${some('int')} as string)`, () => `cast(${some('decimal')} as string)`, () => `cast(${some('time')} as string)`, () => `cast(${some('idset')} as string)`, () => `stringsplit(${some('string')}, ',', ${next(3)})`,
      () => `case ${some('int')} when ${some('int')} then ${some('string')} else ${some('string')} end`, () => `datetimename('m', ${some('time')})`, () => `date_trunc('${['yy', 'd', 'ms'][next(3)] ?? 'd'}', ${some('time')})`,
      () => `format('%d %s', ${leaf(next, 'int')}, ${leaf(next, 'string')})`,
    )
    case 'bool': return pick(
      () => leaf(next, kind), () => `(${some('int')} ${operator(next)} ${some('int')})`, () => `(${some('decimal')} ${operator(next)} ${some('decimal')})`, () => `(${some('int')} ${operator(next)} ${some('decimal')})`,
      () => `(${some('string')} ${['=', '!='][next(2)] ?? '='} ${some('string')})`, () => `(${some('time')} ${operator(next)} ${some('time')})`, () => `(${some('bool')} and ${some('bool')})`, () => `(${some('bool')} or ${some('bool')})`,
      () => `(${some('int')} between ${some('int')} and ${some('int')})`, () => `(${some('string')} like '${['%b%', 'a_', 'ABC', '%', '_'][next(5)] ?? '%'}')`, () => `(${some('string')} not like 'a%')`,
      () => `(${leaf(next, 'int')} in (1, 5, 100, ${leaf(next, 'int')}))`, () => `(${leaf(next, 'string')} in ('abc', 'b', ''))`, () => `(${leaf(next, 'int')} not in (5, 0))`, () => `(${leaf(next, 'decimal')} in (12.34, 1, 0.0099))`,
      () => `(${some('string')} is null)`, () => `(${some('idset')} is not null)`, () => `setcontains(${some('idset')}, 2)`, () => `setcontains(${some('stringset')}, ${leaf(next, 'string')})`,
      () => `setcontainsany(${some('idset')}, [1, 9])`, () => `setcontainsall(${some('stringset')}, ['a', 'b'])`, () => `(${some('idset')} = ${some('idset')})`, () => `(${some('stringset')} != ${some('stringset')})`, () => `(other ${operator(next)} ${leaf(next, 'int')})`,
    )
    case 'time': return pick(() => leaf(next, kind), () => `datetimeadd('${['yy', 'm', 'd', 'hh', 'us'][next(5)] ?? 'd'}', ${next(50)}, ${some('time')})`, () => `case when ${some('bool')} then at else fine end`, () => `coalesce(${some('time')}, ${some('time')})`)
    default: return leaf(next, kind)
  }
}

const operator = (next: Draw): string => ['=', '!=', '<', '<=', '>', '>='][next(6)] ?? '='

const leaves: Readonly<Record<Kind, readonly string[]>> = {
  int: ['a', 'b', 'small', '0', '1', '7', '9223372036854775807', 'a', 'small'], decimal: ['d', 'e', '0.5', '12.34', '1.0000', 'd'], string: ['s', 't', "'b'", "'abc'", "''", "'a,b'"],
  bool: ['ok', 'true', 'false'], time: ['at', 'fine', 'at', 'current_timestamp', 'totimestamp(1000000000)'], idset: ['ids', '[1, 2]', '[9]', '[other, 1]'], stringset: ['words', "['a']", "['b', 'ñ']", '[s, t]'],
}

const leaf = (next: Draw, kind: Kind): string => leaves[kind][next(leaves[kind].length)] ?? 'null'

const kinds: readonly Kind[] = ['int', 'decimal', 'string', 'bool', 'time', 'bool']

const answeredBy = <T>(work: () => T): T | string => {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError) return `refused: ${error.kind}`
    throw error
  }
}

const around = (row: readonly Value[]): Around => ({ now: BigInt(testNow) * 1_000_000n, column: (_source, name) => row[columns.indexOf(name)] ?? null })

const expressionOf = (text: string): TypedExpression => {
  const query = asked.checked(`select ${text} from every`)
  const [expression] = query.kind === 'select' ? query.expressions : []
  if (!expression) throw new Error('the query has no expression')
  return expression
}

const rowsOf = (text: string): readonly (readonly Value[])[] => [...valuesOfQuery(asked.space, prepareQuery(asked.space, asked.checked(text)), { now: testNow })]

describe('expressions', () => {
  it(`${many} of them, at random, give in SQLite what their values make`, () => {
    const next = drawFrom(20_240_506)
    const rows = rowsOf(`select ${columns.join(', ')} from every`)
    let [both, refused, untyped] = [0, 0, 0]
    for (let at = 0; at < many; at += 1) {
      const text = written(next, kinds[next(kinds.length)] ?? 'int', 3)
      const expression = answeredBy(() => expressionOf(text))
      if (typeof expression === 'string') {
        untyped += 1
        continue
      }
      const evaluate = evaluatorOf(expression)
      for (const row of rows) {
        const expected = answeredBy(() => evaluate(around(row)))
        const found = answeredBy(() => rowsOf(`select ${text} from every where _id = ${String(row[0])}`)[0]?.[0] ?? null)
        // SQLite may look at the other side of a condition that one side has settled, and be refused there.
        const isRefused = (value: unknown): boolean => typeof value === 'string' && value.startsWith('refused')
        if (isRefused(found) || isRefused(expected)) {
          refused += 1
          if (isRefused(expected) && !/and|or|case|coalesce|between/.test(text)) expect({ text, row: row[0], found }).toEqual({ text, row: row[0], found: expected })
          continue
        }
        both += 1
        if (JSON.stringify(found, printed) !== JSON.stringify(expected, printed)) expect({ text, row: row[0], found }).toEqual({ text, row: row[0], found: expected })
      }
    }
    expect({ enough: both > many * 3, few: refused < both, typed: untyped < many / 2 }).toEqual({ enough: true, few: true, typed: true })
  })
})

const printed = (_key: string, value: unknown): unknown => typeof value === 'bigint' ? `${value}n` : value
