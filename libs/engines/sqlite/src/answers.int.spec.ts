import { isUtf8 } from 'node:buffer'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { answerByRows, answerRows, bound } from './answers.js'
import { connect } from './connection.js'
import { sqliteDriver } from './driver.js'
import { prepare } from './statements.js'

const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'answers-')), 'db')
sqliteDriver.makeTemplate(folder)
const connection = connect(folder, 'write')
afterAll(() => {
  connection.database.close()
  rmSync(path.dirname(folder), { recursive: true, force: true })
})

const limits = { seconds: 1, answerBytes: 1_000_000, answerRows: 10_000 }
const both = (text: string) => {
  const prepared = prepare(connection, text, limits.answerRows)
  const wasWrapped = prepared.wrapped !== undefined
  const wrapped = answerRows(prepared, [], limits)
  const stayed = prepared.wrapped !== undefined
  const plain = answerByRows(prepare(connection, text, limits.answerRows), [], limits)
  return { wrapped, plain, wasWrapped, stayed }
}

// Parsed numbers lose digits past 2^53, so that integers are compared as text.
const exact = (json: Buffer): unknown => JSON.parse(json.toString().replace(/(?<=[[,])-?\d{16,}(?=[\],])/g, '"int $&"'))

const literal = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }).map(String),
  fc.double({ noNaN: true }).map((value) => (value === Infinity ? '9e999' : value === -Infinity ? '-9e999' : Number.isInteger(value) ? `${value.toExponential()}` : String(value))),
  fc.string({ unit: 'binary' }).map((text) => `'${text.replaceAll('\0', '').replaceAll('\'', '\'\'')}'`),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => `x'${Buffer.from(bytes).toString('hex')}'`),
  fc.constantFrom('null', '\'\'', 'json(\'{"a":[1]}\')', 'jsonb(\'[1]\')', '\'[1]\'', 'char(0)', 'char(0xd800)', 'cast(x\'ff41\' as text)', 'true', '-0.0', '1e16', '1e21', '5e-324'),
)

describe('rows as JSON made by SQLite', () => {
  it('are the same as rows made one by one, for every kind of value', () => {
    const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.array(fc.array(literal, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }))
    let wrapped = 0
    fc.assert(fc.property(tables, (rows) => {
      const names = (rows[0] ?? []).map((_, index) => `column${index + 1}${index % 2 === 0 ? ' as a' : ''}`).join(',')
      const text = `select ${names} from (values ${rows.map((row) => `(${row.join(',')})`).join(',')})`
      const { wrapped: one, plain: other, stayed } = both(text)
      if (stayed) wrapped += 1
      expect(exact(one.data)).toEqual(exact(other.data))
      expect(isUtf8(one.data)).toBe(true)
      expect(one.fields.toString()).toBe(other.fields.toString())
      expect(one.rows).toBe(other.rows)
    }), { seed: 11, numRuns: 500 })
    expect(wrapped).toBeGreaterThan(50)
  })

  it('are the same for values that are kept in tables', () => {
    connection.gate.trusted = true
    connection.database.exec(`create table kept(a, j generated always as (json_array(typeof(a))) virtual); create table solid(id integer primary key, a);
      create table hard(t text, i int, r real, x any) strict; create view seen as select a, json_array(id) as j from solid`)
    connection.gate.trusted = false
    fc.assert(fc.property(fc.array(literal, { minLength: 1, maxLength: 4 }), (values) => {
      connection.gate.trusted = true
      connection.database.exec(`delete from kept; insert into kept(a) values ${values.map((value) => `(${value})`).join(',')};
        delete from solid; insert into solid(a) values ${values.map((value) => `(${value})`).join(',')};
        delete from hard; insert or ignore into hard(x, t, i) values ${values.map((value) => `(${value}, quote(${value}), 1)`).join(',')}`)
      connection.gate.trusted = false
      for (const text of ['select a, a as b, typeof(a), j from kept order by rowid', 'select a, id from solid order by id desc', 'select * from hard', 'select * from seen']) {
        const { wrapped, plain } = both(text)
        expect(exact(wrapped.data)).toEqual(exact(plain.data))
        expect(wrapped.fields.toString()).toBe(plain.fields.toString())
      }
    }), { seed: 3, numRuns: 200 })
  })

  it.each([
    'select json(\'{"a":1}\')', 'select value from json_each(\'[[1],{"b":2},"x"]\')', 'with a(x) as (select json(\'[1]\')) select x from a union all select x from a',
    'select json(\'[1]\') as j order by 1 limit 5', 'select max(x) from (select json(\'[1]\') x)', 'select json_group_array(x) over () from (select 1 x union select 2)',
    'select iif(1, json(\'[1]\'), 2)', 'select coalesce(json(\'[1]\'), 2), (select json(\'[2]\'))', 'select \'{"a":[1,2]}\' -> \'a\'', 'select \'{"a":[1,2]}\' ->> \'a\'',
  ])('are text where SQLite would nest JSON: %s', (text) => {
    const { wrapped, plain, wasWrapped } = both(text)
    expect(wasWrapped).toBe(true)
    expect(wrapped.data.toString()).toBe(plain.data.toString())
    expect(wrapped.fields.toString()).toBe(plain.fields.toString())
  })

  it.each(['select x\'00\'', 'select x\'01\'', 'select x\'1331\'', 'select x\'0b\'', 'select zeroblob(1)', 'select jsonb(\'[1]\')'])(
    'never take bytes for JSON: %s', (text) => {
      const { wrapped, plain, stayed } = both(text)
      expect(stayed).toBe(false)
      expect(wrapped.data.toString()).toBe(plain.data.toString())
      expect(JSON.parse(wrapped.data.toString())).toEqual([[expect.any(String)]])
    })

  it('keep the order that the statement asks for', () => {
    const { wrapped } = both('with recursive n(x) as (select 1 union all select x + 1 from n where x < 500) select x from n order by x % 7, x desc')
    const order = (JSON.parse(wrapped.data.toString()) as number[][]).map(([x = 0]) => x)
    expect(order).toEqual([...order].sort((a, b) => a % 7 - b % 7 || b - a))
  })

  it.each([
    'select 1 -- comment', 'select 1 /* open', 'select 1;', 'select 1 ; -- x', 'values (1),(2)', 'with a as (select 1) select * from a',
    'select 1 union select 2 order by 1 desc limit 1', 'select * from (select 1 as "a,b", 2 as "a,b")', 'select 1 where 0', 'select \')\' as ")"',
    'explain select 1', 'explain query plan select 1', 'pragma table_info(kept)',
  ])('answer however the statement is written: %s', (text) => {
    const { wrapped, plain } = both(text)
    expect(wrapped.data.toString()).toBe(plain.data.toString())
    expect(wrapped.fields.toString()).toBe(plain.fields.toString())
    expect(wrapped.rows).toBe(plain.rows)
  })
})

describe('a parameter', () => {
  it.each([
    [1, '[[1,"integer"]]'], [-0, '[[0.0,"real"]]'], [1.5, '[[1.5,"real"]]'], [9007199254740992, '[[9007199254740992,"integer"]]'], [1e300, '[[1.0e+300,"real"]]'],
    [true, '[[1,"integer"]]'], [false, '[[0,"integer"]]'], [null, '[[null,"null"]]'], ['ü\0x', '[["ü\\u0000x","text"]]'],
  ])('%j arrives as what it is', (value, expected) => {
    const answer = answerRows(prepare(connection, 'select ?1, typeof(?1)', 10), [bound(value)], limits)
    expect(JSON.parse(answer.data.toString())).toEqual(JSON.parse(expected))
  })
})
