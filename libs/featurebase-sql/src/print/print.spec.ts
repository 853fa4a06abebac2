import fc from 'fast-check'
import { parseSql, printQuery, type Query, SqlError } from '../index.js'

const runs = process.env['TEST_LONG'] === '1' ? 50_000 : 5_000
const seed = 23

const places = new Set(['at', 'operatorAt', 'howAt', 'end'])
/** A tree without the places in it. */
const shape = (query: Query): unknown => JSON.parse(JSON.stringify(query, (key, value: unknown) => places.has(key) ? undefined : typeof value === 'bigint' ? `${value}n` : value))

const queryOf = (text: string): Query | undefined => {
  try {
    const [statement] = parseSql(text)
    return statement?.kind === 'select' || statement?.kind === 'union' ? statement : undefined
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
}

const holds = (text: string): boolean => {
  const query = queryOf(text)
  if (!query) return false
  const printed = printQuery(query)
  const again = queryOf(printed)
  expect([text, printed, again && shape(again)]).toEqual([text, printed, shape(query)])
  return true
}

const samples = [
  'SELECT DISTINCT TOP ( 10 ) a . * , - - b + 2 * ( c || \'x\'\'y\' ) AS total , COUNT ( DISTINCT s ) , "qd" FROM t-a AS a WITH ( FLATTEN ( s ) ) LEFT JOIN ( SELECT 1 ) u ON a . _id = u . x WHERE NOT a = 1 AND b NOT IN ( 1 , 2 ) OR c IS NOT NULL',
  'WITH x ( a , b ) AS ( SELECT * FROM t ) , y AS ( SELECT min ( z ) FROM x , w ) SELECT a FROM y UNION ALL SELECT b FROM x ORDER BY 1 DESC NULLS LAST , a LIMIT 5 OFFSET ?',
  'SELECT CASE a WHEN 1 THEN [ 1 , 2 ] ELSE { \'2020-01-01T00:00:00Z\' , [ \'a\' ] } END , CAST ( ?2 AS decimal ( 3 ) ) , EXISTS ( SELECT 1 ) FROM f ( 1 ) GROUP BY a , b HAVING SUM ( a ) NOT BETWEEN 1.50 AND 2e3',
  'SELECT SELECT 1 a FROM ( a CROSS JOIN b ) , ( c FULL JOIN d ON 1 = 1 ) WHERE x LIKE \'y%\' AND z NOT LIKE y OR a << 2 >= b & 3 | 4 % 5 , CURRENT_DATE , x\'1,2\' , @v , NULL IS TRUE , t . "ab"',
].map((text) => text.split(' '))
const pieces = [...new Set(samples.flat())]

const changed = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(1_000), fc.nat(1), fc.array(fc.constantFrom(...pieces), { maxLength: 2 })), { minLength: 1, maxLength: 3 }))
  .map(([words, edits]) => edits.reduce((kept, [place, taken, put]) => kept.toSpliced(place % (kept.length + 1), taken, ...put), words).join(' '))

describe('a printed query', () => {
  it('is what was written, in one spelling', () => {
    const [first, second, third] = samples.map((words) => queryOf(words.join(' ')))
    expect(first && printQuery(first)).toBe('SELECT DISTINCT TOP(10) a.*, - - b + 2 * (c || \'x\'\'y\') AS total, COUNT(DISTINCT s), "qd" FROM t-a AS a WITH (FLATTEN(s)) '
      + 'LEFT JOIN (SELECT 1) AS u ON a._id = u.x WHERE NOT a = 1 AND b NOT IN (1, 2) OR c IS NOT NULL')
    expect(second && printQuery(second)).toBe('WITH x (a, b) AS (SELECT * FROM t), y AS (SELECT min(z) FROM x, w) SELECT a FROM y UNION ALL SELECT b FROM x ORDER BY 1 DESC NULLS LAST, a LIMIT 5 OFFSET ?1')
    expect(third && printQuery(third)).toBe('SELECT CASE a WHEN 1 THEN [1, 2] ELSE {\'2020-01-01T00:00:00Z\', [\'a\']} END, CAST(?2 AS decimal(3)), EXISTS (SELECT 1) FROM f(1) '
      + 'GROUP BY a, b HAVING SUM(a) NOT BETWEEN 1.50 AND 2e3')
  })

  it(`is read as the tree that it was printed from, after ${runs} changes of words`, () => {
    expect(samples.filter((words) => !holds(words.join(' ')))).toEqual([])
    let taken = 0
    fc.assert(fc.property(changed, (text) => { if (holds(text)) taken += 1 }), { seed, numRuns: runs })
    expect(taken).toBeGreaterThan(runs / 20)
  })
})
