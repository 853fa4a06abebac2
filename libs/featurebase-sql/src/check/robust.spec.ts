import fc from 'fast-check'
import { checkSql, parseSql, simple, decimalOf, type SqlCatalogue, SqlError, type TableEntry, type ViewEntry } from '../index.js'

const runs = process.env['TEST_LONG'] === '1' ? 50_000 : 5_000
const seed = 23

const table: TableEntry = {
  kind: 'table', name: 't', columns: [
    { name: '_id', type: simple('id') }, { name: 'i', type: simple('int'), min: 0n, max: 100n }, { name: 'd', type: decimalOf(2) }, { name: 's', type: simple('string') },
    { name: 'b', type: simple('bool') }, { name: 'ts', type: simple('timestamp'), timeUnit: 's' }, { name: 'ids', type: simple('idset') }, { name: 'ss', type: simple('stringset') },
    { name: 'iq', type: simple('idsetq'), timeQuantum: 'YMD' },
  ],
}
const entries = new Map<string, TableEntry | ViewEntry>([['t', table], ['v', { kind: 'view', name: 'v', text: 'SELECT _id, i FROM t WHERE i > 1' }], ['w', { kind: 'view', name: 'w', text: 'SELECT * FROM w' }]])
const catalogue: SqlCatalogue = { find: (name) => entries.get(name) }

/** Whether all of a text is understood. Anything thrown that is no SqlError fails the test. */
const isUnderstood = (text: string): boolean => {
  try {
    for (const statement of parseSql(text)) checkSql(statement, catalogue)
    return true
  } catch (error) {
    if (error instanceof SqlError) return false
    throw new Error(`${text} failed the checker.`, { cause: error })
  }
}

const samples = [
  'SELECT DISTINCT i , COUNT ( * ) AS n FROM t AS a WHERE setcontains ( ids , 3 ) AND d > 1.50 GROUP BY i HAVING COUNT ( * ) > 2 ORDER BY n DESC LIMIT 3',
  'SELECT a . _id , CASE i WHEN 1 THEN s ELSE \'x\' END FROM t a INNER JOIN v ON a . _id = v . _id WHERE ts BETWEEN \'2020-01-01\' AND \'2021-01-01T00:00:00Z\'',
  'WITH c ( x ) AS ( SELECT i FROM t ) SELECT x FROM c WHERE x IN ( SELECT i FROM v ) UNION ALL SELECT CAST ( s AS int ) FROM t OFFSET 2',
  'SELECT upper ( s ) || lower ( s ) , - i + 2 * 3 , i IS NOT NULL , NOT b FROM t WITH ( FLATTEN ( ss ) ) WHERE EXISTS ( SELECT 1 FROM v )',
  'INSERT INTO t ( _id , i , d , ts , ids , ss , iq , b ) VALUES ( 1 , 2 , 3.25 , \'2020-01-01\' , [ 1 , 2 ] , [ \'a\' ] , { 60 , [ 1 ] } , true ) , ( 2 , null , ? , 5 , null , null , [ 9 ] , false )',
  'REPLACE INTO t ( _id , i ) SELECT _id , i FROM v', 'UPDATE t SET i = i + 1 , s = null , d = 2 WHERE s LIKE \'a%\'', 'DELETE FROM t AS x WHERE x . i = 1', 'COPY t TO z WHERE i = 1',
  'BULK INSERT INTO t ( _id , i , s ) MAP ( 0 id , 1 int , 2 string ) TRANSFORM ( @0 , @1 + 1 , upper ( @2 ) ) FROM x\'1,2,a\' WITH BATCHSIZE 5 FORMAT \'CSV\' INPUT \'STREAM\' HEADER_ROW',
  'CREATE TABLE z ( _id string , a int min - 5 max 10 , q stringsetq timequantum \'YMD\' ttl \'24h\' , c id cachetype lru size 10 , m timestamp timeunit \'ms\' epoch \'2020-01-01T00:00:00Z\' , e decimal ( 3 ) ) KEYPARTITIONS 4 COMMENT \'c\'',
  'CREATE VIEW z AS SELECT i FROM v', 'ALTER TABLE t ADD COLUMN z decimal ( 2 ) min 1', 'ALTER TABLE t DROP COLUMN i', 'DROP TABLE IF EXISTS t', 'SHOW TABLES WITH system', 'EXPLAIN SELECT * FROM t , w',
].map((text) => text.split(' '))
const pieces = [...new Set(samples.flat()), '9223372036854775808', '1e5', '\'2020-13-01\'', '_id', 'a', 'v', 'w', 'VECTOR', 'sum', 'percentile', 'corr', 'avg', 'x', '?1']

/** Statements whose words were exchanged: most are still statements, and many mean something else. */
const changed = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(1_000), fc.nat(1), fc.array(fc.constantFrom(...pieces), { maxLength: 2 })), { minLength: 1, maxLength: 3 }))
  .map(([words, edits]) => edits.reduce((kept, [place, taken, put]) => kept.toSpliced(place % (kept.length + 1), taken, ...put), words).join(' '))

describe('any statement', () => {
  it('that is right is understood', () => {
    expect(samples.map((words) => words.join(' ')).filter((text) => !text.includes(' w') && !isUnderstood(text))).toEqual([])
  })

  it(`is understood or refused, never more than that, after ${runs} changes of words`, () => {
    let understood = 0
    fc.assert(fc.property(changed, (text) => { if (isUnderstood(text)) understood += 1 }), { seed, numRuns: runs })
    expect(understood).toBeGreaterThan(runs / 50)
    expect(understood).toBeLessThan(runs / 2)
  })
})
