import fc from 'fast-check'
import { Asked, makeRoot } from '../testing/database.js'

const runs = process.env['TEST_LONG'] === '1' ? 20_000 : 1_000
const seed = 23

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const sql = (text: string): { readonly code?: string; readonly message?: string } => asked.sql(text) as { readonly code?: string }

const columns = '_id id , i int , d decimal ( 2 ) , s string , b bool , ts timestamp , ids idset , ss stringset , iq idsetq timequantum \'YMD\''
const samples = [
  'SELECT DISTINCT i , COUNT ( * ) AS n FROM t AS a WHERE setcontains ( ids , 3 ) AND d > 1.50 GROUP BY i HAVING COUNT ( * ) > 0 ORDER BY n DESC LIMIT 3',
  'SELECT a . _id , CASE i WHEN 1 THEN s ELSE \'x\' END FROM t a INNER JOIN u ON a . _id = u . _id WHERE ts BETWEEN \'2020-01-01\' AND \'2021-01-01T00:00:00Z\'',
  'WITH c ( x ) AS ( SELECT i FROM t ) SELECT x FROM c WHERE x IN ( SELECT i FROM u ) UNION ALL SELECT CAST ( s AS int ) FROM u INNER JOIN t ON u . _id = t . i WHERE s = \'5\' OFFSET 2',
  'SELECT upper ( s ) || lower ( s ) , - i + 2 * 3 , i IS NOT NULL , NOT b FROM t WITH ( FLATTEN ( ss ) ) WHERE EXISTS ( SELECT 1 FROM u )',
  'SELECT SUM ( d ) , AVG ( i ) , MIN ( ts ) , MAX ( d ) , COUNT ( DISTINCT s ) , PERCENTILE ( i , 50 ) FROM t WHERE rangeq ( iq , \'2020-01-01\' , NULL ) AND b = true',
  'INSERT INTO t ( _id , i , d , ts , ids , ss , iq , b ) VALUES ( 1 , 2 , 3.25 , \'2020-01-01\' , [ 1 , 2 ] , [ \'a\' ] , { 60 , [ 1 ] } , true ) , ( 2 , null , 4 , 5 , null , null , [ 9 ] , false )',
  'REPLACE INTO t ( _id , i ) SELECT _id , i + 1 FROM u', 'UPDATE t SET i = i + 1 , s = null , d = 2 , ids = [ 7 ] WHERE s LIKE \'a%\' OR i > 1', 'DELETE FROM t AS x WHERE x . i = 1',
  'COPY t TO z WHERE i = 1', 'DROP TABLE z', 'CREATE VIEW v AS SELECT i , s FROM t WHERE i > 1',
  'BULK INSERT INTO t ( _id , i , s ) MAP ( 0 id , 1 int , 2 string ) TRANSFORM ( @0 , @1 + 1 , upper ( @2 ) ) FROM x\'1,2,a\' WITH BATCHSIZE 5 FORMAT \'CSV\' INPUT \'STREAM\'',
  'BULK INSERT INTO t ( _id , i , ss ) MAP ( \'$.a\' id , \'$.b\' int , \'$.c\' stringset ) FROM \'{"a":3,"b":4,"c":["x"]}\' WITH FORMAT \'NDJSON\' INPUT \'STREAM\' ALLOW_MISSING_VALUES',
  'CREATE TABLE z ( _id string , a int min - 5 max 10 , q stringsetq timequantum \'YMD\' ttl \'24h\' , c id cachetype lru size 10 , m timestamp timeunit \'ms\' epoch \'2020-01-01T00:00:00Z\' , e decimal ( 3 ) ) COMMENT \'c\'',
  'INSERT INTO z VALUES ( \'k\' , 1 , { \'2020-01-01\' , [ \'a\' ] } , 3 , \'2021-01-01\' , 1.5 )', 'ALTER TABLE t ADD COLUMN z decimal ( 2 ) min 1', 'ALTER TABLE t DROP COLUMN z', 'SHOW TABLES WITH system',
  'SHOW CREATE TABLE z', 'SHOW COLUMNS FROM t', 'EXPLAIN SELECT * FROM t , v', 'DROP VIEW v',
].map((text) => text.split(' '))
const pieces = [...new Set(samples.flat()), '9223372036854775807', '- 9223372036854775808', '1e5', '\'2020-13-01\'', 'v', 'percentile', 'corr', 'var', '0', ';']

const changed = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(1_000), fc.nat(1), fc.array(fc.constantFrom(...pieces), { maxLength: 2 })), { maxLength: 2 }))
  .map(([words, edits]) => edits.reduce((kept, [place, taken, put]) => kept.toSpliced(place % (kept.length + 1), taken, ...put), words).join(' '))

describe('any statement', () => {
  it(`is done or refused, and leaves rows and bitmaps that say the same, after ${runs} changes of words`, () => {
    const tables = [`CREATE TABLE t ( ${columns} )`, 'CREATE TABLE u ( _id id , i int )', 'INSERT INTO u VALUES ( 1 , 1 ) , ( 2 , 3 )']
    for (const text of [...tables, ...samples.map((words) => words.join(' '))]) expect([text, sql(text).message ?? '']).toEqual([text, ''])
    let done = 0
    const codes = new Set<string>()
    fc.assert(fc.property(changed, (text) => {
      const { code } = sql(text)
      if (code === undefined) done += 1
      if (code !== undefined) codes.add(code)
      sql(tables[0] ?? '')
      sql(tables[1] ?? '')
    }), { seed, numRuns: runs })
    expect([...codes]).toEqual(['EngineRejectedQuery'])
    expect(done).toBeGreaterThan(runs / 50)
    expect(asked.differences()).toEqual([])
  })
})
