import { edited } from '@tenantry/testing'
import fc from 'fast-check'
import { checkSql, parseSql, SqlError } from '../index.js'
import { parseWith } from './parse.js'
import { scannerOf } from './scanner.js'
import { keywords } from './words.js'

const runs = process.env['TEST_LONG'] === '1' ? 100_000 : 10_000
const seed = 23

/** Parses, and says whether the text was taken. Anything thrown that is no SqlError fails the test. */
const isTaken = (text: string): boolean => {
  try {
    parseSql(text)
    return true
  } catch (error) {
    if (error instanceof SqlError) return false
    throw new Error(`${text} failed the parser.`, { cause: error })
  }
}

const samples = [
  'SELECT DISTINCT TOP(10) a.*, -b + 2 * (c || \'x\'\'y\') AS total, COUNT(DISTINCT s), "q d" FROM t-a AS a WITH (FLATTEN(s)) LEFT JOIN (SELECT 1) u ON a._id = u.x WHERE NOT a = 1 AND b NOT IN (1, 2,) OR c IS NOT NULL;',
  'WITH x (a, b) AS (SELECT * FROM t), y AS (SELECT min(z) FROM x, w) SELECT a FROM y UNION ALL SELECT b FROM x ORDER BY 1 DESC NULLS LAST, a LIMIT 5 OFFSET ?',
  'SELECT CASE a WHEN 1 THEN [1, 2] ELSE {\'2020-01-01T00:00:00Z\', [\'a\']} END, CAST(?2 AS decimal(3)), EXISTS (SELECT 1) FROM f(1) GROUP BY a, b HAVING SUM(a) BETWEEN 1.5 AND 2e3',
  'CREATE TABLE IF NOT EXISTS t (_id id, i int min -1 max 10, s string CACHETYPE RANKED SIZE 10, q stringsetq TIMEQUANTUM \'YMD\' TTL \'24h\', d decimal(2), ts timestamp TIMEUNIT \'ms\') KEYPARTITIONS 2 COMMENT \'c\'',
  'BULK REPLACE INTO t (_id, a) MAP (0 id, 1 int) TRANSFORM (@0, @1 * 2) FROM x\'1,2\n3,4\' WITH BATCHSIZE 10 FORMAT \'CSV\' INPUT \'STREAM\' HEADER_ROW',
  'INSERT INTO t (_id, a) VALUES (1, null), (2, current_timestamp); UPDATE t SET a = 1, b = a + 1 WHERE b LIKE \'x%\'; DELETE FROM t WHERE a << 2 > 1',
  'ALTER TABLE t ADD COLUMN c int; ALTER TABLE t RENAME a TO b; DROP VIEW IF EXISTS v; ALTER VIEW v AS SELECT 1 -- it ends\n; SHOW TABLES WITH system; SHOW COLUMNS FROM t; EXPLAIN QUERY PLAN COPY a TO b WITH URL \'u\' APIKEY \'k\'',
  'CREATE FUNCTION f (@a int, @b id) RETURNS int AS BEGIN RETURN @a + 1 END; PREDICT USING m SELECT 1; CREATE DATABASE d WITH UNITS 1; CREATE MODEL m WITH a 1 AS SELECT 1; DROP FUNCTION f',
]
const pieces = [...new Set([...samples.flatMap((text) => text.match(/\w+|\s|./g) ?? []), ...keywords]), '\u0000', '\ud800', '👋', '"', '/*', '..', '9'.repeat(40)]

const mutated = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(1_000), fc.nat(6), fc.constantFrom('', ...pieces)), { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => edited(text, edits))

describe('any text', () => {
  it(`is taken or refused, never more than that, for ${runs} texts of pieces and ${runs} of characters`, () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => void isTaken(parts.join(' '))), { seed, numRuns: runs })
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void isTaken(text)), { seed, numRuns: runs })
  })

  it(`is taken or refused after ${runs} mutations of texts that are right, some of them taken and some refused`, () => {
    let taken = 0
    fc.assert(fc.property(mutated, (text) => { if (isTaken(text)) taken += 1 }), { seed, numRuns: runs })
    expect(taken).toBeGreaterThan(runs / 100)
    expect(taken).toBeLessThan(runs / 2)
  })

  it('is taken or refused wherever one that is right is cut off', () => {
    for (const text of samples) for (let length = 1; length < text.length; length += 1) isTaken(text.slice(0, length))
    expect(samples.filter((text) => !isTaken(text))).toEqual([])
  })
})

describe('nesting', () => {
  const refused = expect.objectContaining({ kind: 'limit', message: expect.stringMatching(/^\[1:\d+\] the statement is nested more than 500 deep$/) as unknown })

  it.each([
    ['SELECT ', '('], ['SELECT ', '- '], ['SELECT ', 'NOT '], ['SELECT ', '['], ['SELECT ', '{1,'], ['SELECT ', 'f('], ['SELECT ', 'CASE '],
    ['SELECT ', 'CASE WHEN 1 THEN '], ['SELECT ', 'CAST('], ['', 'SELECT EXISTS('], ['SELECT ', '1 IN ('], ['SELECT ', '1 BETWEEN '], ['SELECT 1 FROM ', '('],
    ['', 'SELECT 1 FROM ('], ['', 'SELECT '], ['', 'WITH a AS ('], ['INSERT INTO t VALUES (1, ', '('], ['CREATE TABLE t (_id id, a int min ', '('],
  ])('is refused beyond the limit by a sentence, though it be a megabyte: %s%s', (begin, piece) => {
    expect(() => parseSql(begin + piece.repeat(1_000_000 / piece.length))).toThrow(refused)
  })

  it.each([
    ['operators', 'SELECT 1', ' + 1', ''], ['conditions', 'SELECT a FROM t WHERE a = 1', ' OR a = 1', ''], ['joins', 'SELECT 1 FROM t', ', t', ''],
    ['unions', 'SELECT 1', ' UNION SELECT 1', ''], ['tests', 'SELECT 1', ' IS NULL', ''], ['lists', 'SELECT 1', ' IN (1)', ''],
  ])('is that of the tree, and a chain of %s is high too', (_name, begin, piece) => {
    expect(() => parseSql(begin + piece.repeat(400))).not.toThrow()
    expect(() => parseSql(begin + piece.repeat(501))).toThrow(refused)
    expect(() => parseSql(begin + piece.repeat(1_000_000 / piece.length))).toThrow(refused)
  })

  it('may be limited more narrowly by the caller', () => {
    expect(() => parseSql('SELECT ((1))', { maxDepth: 4 })).not.toThrow()
    expect(() => parseSql('SELECT ((1))', { maxDepth: 3 })).toThrow(SqlError)
  })
})

describe('what is refused', () => {
  const long = 'x'.repeat(1_000_000)

  it.each([
    ['a name', `SELECT 1 FROM t t2 ${long}`], ['a string', `SELECT 1 '${'👋'.repeat(500_000)}'`], ['a function', `SELECT ${long}()`], ['a table', `DELETE FROM ${long}`],
    ['an integer', `SELECT ${'9'.repeat(1_000_000)}`], ['a fraction', `SELECT 1.${'9'.repeat(1_000_000)}`],
  ])('is not told whole where it is a megabyte: %s', (_name, text) => {
    const refuse = (): void => { for (const statement of parseSql(text)) checkSql(statement, { find: () => undefined }) }
    expect(refuse).toThrow(expect.objectContaining({ name: 'SqlError', message: expect.stringMatching(/^.{10,2001}$/) as unknown }))
  })
})

/** How many characters were looked at to read a text, or to refuse it. */
const stepsOf = (text: string): number => {
  const scanner = scannerOf(text, 500)
  try {
    parseWith(scanner)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
  }
  return scanner.steps
}

describe('the work of reading', () => {
  it.each<[string, (count: number) => string]>([
    ['statements', (count) => 'SELECT 1;'.repeat(count)],
    ['rows', (count) => `INSERT INTO t VALUES ${'(1, \'a\', [1, 2]),'.repeat(count)}(1)`],
    ['members of a set', (count) => `SELECT [${'1,'.repeat(count)}1]`],
    ['items', (count) => `SELECT ${'a offset, '.repeat(count)}a`],
    ['a string', (count) => `SELECT '${'x'.repeat(count)}'`],
    ['doubled marks', (count) => `SELECT '${'\'\''.repeat(count)}'`],
    ['a string without an end', (count) => `SELECT '${'x'.repeat(count)}`],
    ['lines of a blob', (count) => `SELECT x'${'1,2\n'.repeat(count)}'`],
    ['marks of a name without an end', (count) => `SELECT ${'"'.repeat(count * 2 + 1)}`],
    ['comments', (count) => `SELECT ${'-- a -- b\n'.repeat(count)}1`],
    ['a comment without an end', (count) => `SELECT 1 --${'-'.repeat(count)}`],
    ['spaces', (count) => `SELECT 1 offset${' '.repeat(count)}`],
    ['digits', (count) => `SELECT ${'9'.repeat(count)}.${'9'.repeat(count)}`],
    ['a name', (count) => `SELECT ${'n-'.repeat(count)}`],
    ['columns', (count) => `CREATE TABLE t (_id id${', a int min 1 max 2'.repeat(count)})`],
    ['signs', (count) => '!'.repeat(count)],
  ])('grows with %s and no faster', (_name, text) => {
    const [small, large] = [1_000, 10_000].map((count) => stepsOf(text(count)) / text(count).length)
    expect(large).toBeLessThan((small ?? 0) * 1.5)
    expect(large).toBeLessThan(3)
  })

  it('is small for a hundred thousand rows and for sets of ten thousand members', () => {
    const rows = `INSERT INTO t VALUES ${Array.from({ length: 100_000 }, (_, at) => `(${at}, 'text ${at}')`).join()}`
    const [insert] = parseSql(rows)
    expect(insert).toMatchObject({ kind: 'insert', rowsAt: { length: 100_000 } })
    const [select] = parseSql(`SELECT [${Array.from({ length: 10_000 }, (_, at) => at).join()}]`)
    expect(select).toMatchObject({ items: [{ expression: { kind: 'set', members: { length: 10_000 } } }] })
  })
})
