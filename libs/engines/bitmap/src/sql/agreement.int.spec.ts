import fc from 'fast-check'
import { Asked, makeRoot } from '../testing/database.js'

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const records = 300

beforeAll(() => {
  asked.sql('create table t (_id id, n int, m int min -5 max 5, d decimal(2), at timestamp, w string, k id, b bool, s stringset, i idset)')
  const some = (at: number, every: number, text: string): string => at % every === 0 ? 'null' : text
  const rows = Array.from({ length: records }, (_, at) => `(${at}, ${some(at, 7, String((at * 37) % 23 - 8))}, ${some(at, 5, String(at % 11 - 5))}, ${some(at, 6, `${(at * 13) % 50 - 20}.${at % 4}5`)}, ${some(at, 9, `'20${10 + at % 12}-0${1 + at % 9}-03T04:05:0${at % 10}Z'`)}, ${some(at, 8, `'w${at % 5}'`)}, ${some(at, 4, String(at % 6))}, ${some(at, 10, String(at % 3 === 0))}, ${some(at, 3, `['a${at % 4}', 'b${at % 3}']`)}, ${some(at, 11, `[${at % 5}, ${at % 7}]`)})`)
  asked.sql(`insert into t values ${rows.join(', ')}`)
})

const pick = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

const number = pick('n', 'm', 'd')
const constant = pick('0', '3', '-2', '1.5', '-7.25', '100', '92233720368547')
const comparison = pick('=', '!=', '<', '<=', '>', '>=')
const words = pick('\'w1\'', '\'w4\'', '\'none\'')

const leaf = fc.oneof(
  fc.tuple(number, comparison, constant).map((parts) => parts.join(' ')),
  fc.tuple(constant, comparison, number).map((parts) => parts.join(' ')),
  fc.tuple(number, pick('between', 'not between'), pick('-3', '0', '2.5'), pick('1', '4.75')).map(([column, how, low, high]) => `${column} ${how} ${low} and ${high}`),
  fc.tuple(pick('n', 'm', 'k', '_id'), pick('in', 'not in'), pick('(1, 2, 3)', '(0)', '(5, 77)')).map((parts) => parts.join(' ')),
  fc.tuple(pick('w'), pick('=', '!='), words).map((parts) => parts.join(' ')),
  pick('w in (\'w1\', \'w2\')', 'w like \'w%\'', 'w not like \'%1\'', 'w like \'_2\'', 'at > \'2015-01-01T00:00:00Z\'', 'at <= \'2012-03-03T04:05:02Z\'', 'at != \'2012-03-03T04:05:02Z\'', 'b', 'b = true', 'b != true', 'not b', 'k = 3', 'k != 3', '_id = 17', '_id != 17',
    'setcontains(s, \'a1\')', 'setcontainsany(s, [\'a1\', \'b2\'])', 'setcontainsall(s, [\'a2\', \'b0\'])', 'setcontains(i, 3)', 'setcontainsany(i, [1, 99])', 's = [\'a1\']', 's != [\'a1\']'),
  fc.tuple(pick('n', 'd', 'w', 'b', 'at', 's', 'i', 'k'), pick('is null', 'is not null')).map((parts) => parts.join(' ')),
)

const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof({ maxDepth: 3 }, leaf, fc.tuple(tie('condition'), pick('and', 'or'), tie('condition')).map(([one, how, other]) => `(${one} ${how} ${other})`), tie('condition').map((one) => `not (${one})`)),
})).condition

const query = fc.oneof(
  pick('select count(*) from t', 'select count(n), count(s), count(distinct w), count(distinct d) from t', 'select sum(n), sum(d), avg(n), avg(d), min(m), max(d), min(at), max(at) from t', 'select w, count(*) from t group by w', 'select b, w, count(*), sum(d) from t group by b, w', 'select m, count(*), avg(d) from t group by m',
    'select k, sum(n) from t group by k', 'select distinct w from t', 'select distinct k, b from t', 's, count(*) from t with (flatten(s)) group by s', 'i, count(*), sum(n) from t with (flatten(i)) group by i').map((text) => text.startsWith('select') ? text : `select ${text}`),
  pick('select _id, n, s from t', 'select * from t', 'select w, d + 1 from t'),
)

/** A condition that bitmaps cannot answer, and that always holds. */
const always = 'len(\'x\') = 1'

const withWhere = (text: string, where: string): string => {
  const at = text.indexOf(' group by ')
  return at < 0 ? `${text} where ${where}` : `${text.slice(0, at)} where ${where}${text.slice(at)}`
}

const answer = (text: string): { readonly fields: unknown; readonly rows: readonly string[]; readonly plan: unknown } => {
  const said = asked.sql(text, { plan: true }) as { readonly fields: unknown; readonly data: readonly unknown[]; readonly plan: { readonly _op: string } }
  if (!('data' in said)) throw new Error(`${text}: ${JSON.stringify(said)}`)
  return { fields: said.fields, rows: said.data.map((row) => JSON.stringify(row)).sort(), plan: said.plan }
}

describe('bitmaps and SQLite', () => {
  it('give the same answers to the same questions', () => {
    let byBitmaps = 0
    fc.assert(fc.property(query, condition, (text, where) => {
      const told = answer(withWhere(text, where))
      // SQLite alone: what always holds is no condition of bitmaps, and the other one is wrapped so that they do not know it.
      const alone = answer(withWhere(text, `case when ${where} then ${always} else false end`))
      if (JSON.stringify(told.plan).includes('Bitmaps')) byBitmaps += 1
      expect(JSON.stringify(alone.plan)).not.toContain('Bitmaps')
      expect([told.fields, told.rows]).toEqual([alone.fields, alone.rows])
    }), { seed: 31, numRuns: process.env['TEST_LONG'] === '1' ? 5_000 : 400 })
    expect(byBitmaps).toBeGreaterThan(300)
  })

  it.each(['n', 'd', 'm', 'at'])('find the same percentiles of %s', (column) => {
    for (const nth of ['0', '1', '33.3', '50', '99.5', '100']) {
      for (const where of ['', ' where n > 0', ' where n > 100']) {
        const [told, alone] = ['', ', upper(\'x\')'].map((more) => asked.sql(`select percentile(${column}, ${nth})${more} from t${where}`, { plan: true }) as { readonly data: readonly (readonly unknown[])[]; readonly plan: unknown })
        expect([told?.plan, JSON.stringify(alone?.plan).includes('Bitmaps","answers":"aggregates')]).toEqual([{ _op: 'Bitmaps', answers: 'aggregates' }, false])
        expect([nth, where, told?.data[0]?.[0]]).toEqual([nth, where, alone?.data[0]?.[0]])
      }
    }
  })

  it.each(['_id', 'n', 'n desc', 'd desc nulls last', 'm nulls last', 'at', 'at desc', 'at desc nulls first', 'w'])('put the same rows first by %s', (order) => {
    for (const where of ['', ' where n > 0', ' where setcontains(s, \'a1\')']) {
      const text = `select ${order.split(' ')[0]} from t${where} order by ${order}`
      const rowsOf = (asking: string): unknown[] => (asked.sql(asking) as { readonly data: unknown[] }).data
      for (const [limit, offset] of [[9, 0], [5, 3], [0, 0], [400, 0], [3, 290]] as const) {
        expect([text, limit, offset, rowsOf(`${text} limit ${limit} offset ${offset}`)]).toEqual([text, limit, offset, rowsOf(text).slice(offset, offset + limit)])
      }
    }
  })
})
