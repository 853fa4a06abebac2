import { DatabaseSync } from 'node:sqlite'
import { openBitmaps } from '@tenantry/bitmaps'
import { mainFile } from '@tenantry/engines-files'
import { processorMs } from '@tenantry/testing'
import { Asked, makeRoot } from './testing/database.js'

const root = makeRoot()
afterAll(() => root.remove())

const schema = {
  indexes: [{
    name: 't', fields: [
      { name: 's', options: { type: 'set' } }, { name: 'w', options: { type: 'set', keys: true } }, { name: 'n', options: { type: 'int', min: -10, max: 10 } },
      { name: 'big', options: { type: 'int' } }, { name: 'd', options: { type: 'decimal', scale: 18 } }, { name: 'b', options: { type: 'bool' } },
      { name: 'ts', options: { type: 'timestamp', timeUnit: 'ns' } }, { name: 'q', options: { type: 'time', timeQuantum: 'YMDH' } },
    ],
  }],
}

let database: Asked
beforeEach(() => {
  database = new Asked(root.fresh())
  database.schema(schema)
})
afterEach(() => database.close())

const times = (count: number, one: (at: number) => string): string => Array.from({ length: count }, (_, at) => one(at)).join(', ')
const tooLarge = expect.objectContaining({ code: 'AnswerTooLarge' }) as unknown

describe('a value', () => {
  it.each([
    ['Set(1, n=11)', /value 11 is larger than max allowed 10: value too high for configured field range/],
    ['Set(1, n=-11)', /value -11 is smaller than min allowed -10: value too low for configured field range/],
    ['Set(1, big=9223372036854775808)', /integer is not in signed 64-bit range/],
    ['Set(18446744073709551616, s=1)', /integer is not in signed 64-bit range/],
    ['Set(1, s=-1)', /invalid value -1/],
    ['Set(1, d=10.0)', /value too high for configured field range/],
    ['Set(1, ts="2300-01-01T00:00:00Z")', /value too high for configured field range/],
    ['Set(1, b=1)', /invalid value 1 for bool field/],
    ['Set(1, n=1.0)', /invalid value 1 for int field/],
    ['Set(1, s="word")', /cannot create keys on unkeyed field/],
    ['Set(1, n=null)', /unexpected value type/],
    ['Set(-1, s=1)', /parsing/],
    ['Set("key", s=1)', /cannot create keys on unkeyed index/],
  ])('that does not fit is refused in words, and nothing is changed: %s', (text, message) => {
    expect(database.pql('t', text)).toEqual({ code: 'EngineRejectedQuery', message: expect.stringMatching(message) as unknown })
    expect(database.text('t', 'Count(All())')).toBe('[0]')
    expect(database.differences()).toEqual([])
  })

  it('past all numbers that there are is less or greater than all when it is asked for', () => {
    database.text('t', 'Set(1, ts="2200-01-01T00:00:00Z") Set(2, d=9.0)')
    expect(database.text('t', 'Row(ts < "2300-01-01T00:00:00Z") Row(ts > "2300-01-01T00:00:00Z") Row(d < 100.0) Row(d >= -100.0)'))
      .toBe('[{"columns":[1]},{"columns":[]},{"columns":[2]},{"columns":[2]}]')
  })

  it('of a field that the same request made is checked like every other', () => {
    expect(database.pql('t', 'Store(All(), made=1) Row(made="word")')).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringMatching(/cannot find keys on unkeyed field "made"/) as unknown })
    expect(database.pql('t', 'Store(All(), worded="word") Set(1, worded=5)')).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringMatching(/invalid value 5/) as unknown })
    expect(database.pql('t', 'Store(All(), Bad=1)')).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringMatching(/invalid field name/) as unknown })
    expect(database.text('t', 'Rows(made) Rows(worded) Count(All())')).toBe('[{"rows":[],"Field":"made"},{"rows":[],"Field":"worded"},0]')
  })

  it('of a time may be of any year, and a range of thousands of years costs no more than the times in it', () => {
    database.text('t', 'Set(1, q=1, 0020-12-01T00:00) Set(2, q=1, 2012-06-01T00:00) Set(3, q=1, 9999-12-31T23:00) Set(4, q=1, 0000-01-01T00:00)')
    expect(processorMs(() => expect(database.text('t', 'Row(q=1, from=\'2012-01-01\', to=\'2013-01-01\') Row(q=1, from=\'0001-01-01T05\', to=\'9999-12-31T22\') Row(q=1, to=\'0021-01-01\') Row(q=1)'))
      .toBe('[{"columns":[2]},{"columns":[1,2]},{"columns":[1,4]},{"columns":[1,2,3,4]}]'))).toBeLessThan(2_000)
    expect(database.differences()).toEqual([])
  })
})

describe('a text', () => {
  it.each([['of no character', ''], ['of SQL', '\'; DROP TABLE tables; --'], ['with NUL', 'a\u0000b'], ['of signs', '%_"'], ['of other letters', 'ü😀'], ['of 10,000 characters', 'x'.repeat(10_000)]])('%s is a word and a key as it is', (_name, word) => {
    database.schema({ indexes: [{ name: 'k', options: { keys: true }, fields: [{ name: 'w', options: { type: 'mutex', keys: true } }] }] })
    const quoted = `"${word.replaceAll('"', '\\"')}"`
    database.text('k', `Set(${quoted}, w=${quoted}) Set("other", w="other")`)
    const asked = `Row(w=${quoted}) Rows(w) Extract(All(), Rows(w))`
    const answer = database.text('k', asked)
    expect(JSON.parse(answer)).toMatchObject([{ columns: [], keys: [word] }, { keys: [word, 'other'] }, { columns: [{ column: word, rows: [word] }, { column: 'other' }] }])
    // What is remembered in memory is what is in the file.
    database.close()
    database = new Asked(database.folder)
    expect(database.text('k', asked)).toBe(answer)
  })

  it.each(['sqlite_master', 'sqlite_sequence', 'tables', 'fields', 'changes', 'saved_bitmaps', 'rows_1', 'select', 'format'])('that SQLite or the engine uses itself is a name of a table and of a field like any other: %s', (name) => {
    database.schema({ indexes: [{ name, fields: [{ name }, { name: 'rowid', options: { type: 'int' } }, { name: 'id' }, { name: 'f1' }] }] })
    expect(database.text(name, `Set(1, ${name}=2) Set(1, rowid=3) Set(1, id=4) Set(1, f1=5) Extract(All(), Rows(${name}), Rows(rowid), Rows(id), Rows(f1))`))
      .toBe(`[true,true,true,true,{"fields":[{"name":"${name}","type":"[]uint64"},{"name":"rowid","type":"int64"},{"name":"id","type":"[]uint64"},{"name":"f1","type":"[]uint64"}],"columns":[{"column":1,"rows":[[2],3,[4],[5]]}]}]`)
    expect(database.text('t', 'Count(All())')).toBe('[0]')
  })
})

describe('much of something', () => {
  it('is a union, an exclusive one or a difference of 10,000 rows', () => {
    database.text('t', Array.from({ length: 4_000 }, (_, at) => `Set(${at * 3}, s=${at % 50})`).join(''))
    const rows = times(10_000, (at) => `Row(s=${at % 60})`)
    expect(database.text('t', `Count(Union(${rows}))`)).toBe('[4000]')
    // Rows of 40 are there 167 times, an odd number, and the ten others 166 times.
    expect(database.text('t', `Count(Xor(${rows}))`)).toBe('[3200]')
    expect(database.text('t', `Count(Difference(All(), ${rows}))`)).toBe('[0]')
    expect(database.text('t', `Count(Intersect(${times(10_000, () => 'Row(s=7)')}))`)).toBe('[80]')
  })

  it('is a record with 50,000 values, which can be read, searched and ended', () => {
    for (let from = 0; from < 50_000; from += 5_000) database.text('t', Array.from({ length: 5_000 }, (_, at) => `Set(1, s=${from + at})`).join(''))
    const extracted = JSON.parse(database.text('t', 'Extract(ConstRow(columns=[1]), Rows(s))')) as readonly [{ columns: readonly [{ rows: readonly [readonly number[]] }] }]
    expect(extracted[0].columns[0].rows[0]).toEqual(Array.from({ length: 50_000 }, (_, at) => at))
    expect(database.text('t', 'Row(s=49999) TopK(s, k=1) Delete(All()) Rows(s)')).toBe('[{"columns":[1]},[{"id":0,"key":"","count":1}],true,{"rows":[],"Field":"s"}]')
    expect(database.differences()).toEqual([])
  })

  it('is an answer of 100,000,000 ids, which is refused for its size before any of it is made', () => {
    database.text('t', 'Set(0, s=1) Set(5, n=1)')
    database.close()
    const bitmaps = openBitmaps({ maxBytes: 64e6 })
    const file = new DatabaseSync(mainFile(database.folder))
    for (const [owner, row] of [[-1, 0], [1, 1]] as const) file.prepare('UPDATE saved_bitmaps SET bytes = ? WHERE owner = ? AND view = 0 AND row = ?').run(bitmaps.range(0, 100_000_000).save(), owner, row)
    file.close()
    database = new Asked(database.folder)
    expect(database.text('t', 'Count(All()) Count(Row(s=1)) Limit(All(), limit=2, offset=99999998)')).toBe('[100000000,100000000,{"columns":[99999998,99999999]}]')
    const before = process.memoryUsage()
    for (const text of ['All()', 'Row(s=1)', 'Not(Row(s=2))', 'Extract(All(), Rows(n))', 'Sort(All(), field=n)', 'Union(Row(s=1), Row(s=3))']) expect(database.pql('t', text)).toEqual(tooLarge)
    const after = process.memoryUsage()
    expect(after.rss - before.rss).toBeLessThan(200e6)
    expect(database.text('t', 'Row(n=1)')).toBe('[{"columns":[5]}]')
  })

  it('is 5,001 writes in one request, of which none is done', () => {
    expect(database.pql('t', 'Set(1, s=1)'.repeat(5_001))).toEqual({ code: 'RequestTooLarge', message: 'too many write commands' })
    expect(database.text('t', 'Count(All())')).toBe('[0]')
    expect(database.text('t', Array.from({ length: 5_000 }, (_, at) => `Set(${at}, s=1)`).join('')).length).toBe(5_000 * 5 + 1)
  })

  it('is 1,001 fields, of which the last is refused in words, and the schema with it', () => {
    const fields = (count: number): unknown => ({ indexes: [{ name: 'wide', fields: Array.from({ length: count }, (_, at) => ({ name: `f${at}`, options: { type: 'int' } })) }] })
    expect(database.schema(fields(1_001))).toEqual({ code: 'InvalidParameter', message: 'a table may have 1000 fields at most' })
    expect(database.pql('wide', 'Count(All())')).toMatchObject({ code: 'TableNotFound' })
    database.schema(fields(1_000))
    expect(database.pql('wide', 'Set(1, f0=1) Set(1, f999=5) Sum(field=f999) Store(All(), more=1)')).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringMatching(/a table may have 1000 fields at most$/) as unknown })
    // What came before the call that was refused stays.
    expect(database.text('wide', 'Row(f999=5)')).toBe('[{"columns":[1]}]')
  })

  it('is a nesting of calls, as deep as may be and deeper', () => {
    const nested = (depth: number): string => `Count(${'Not('.repeat(depth)}All()${')'.repeat(depth)})`
    expect(database.text('t', nested(200))).toBe('[0]')
    expect(database.pql('t', nested(100_000))).toMatchObject({ code: 'EngineRejectedQuery' })
  })
})

describe('the example of a segment', () => {
  it('joins two tables by the ids that one has of the other', () => {
    database.schema({
      indexes: [
        { name: 'cseg', fields: [{ name: 'hobbies', options: { type: 'set', keys: true } }] },
        { name: 'skills', fields: [{ name: 'id', options: { type: 'int' } }, { name: 'bools', options: { type: 'set', keys: true } }] },
      ],
    })
    database.text('cseg', 'Set(1, hobbies="Teaching") Set(2, hobbies="Teaching") Set(3, hobbies="Chess") Set(4, hobbies="Teaching")')
    database.text('skills', 'Set(10, id=1) Set(10, bools="available_for_hire") Set(11, id=2) Set(12, id=3) Set(12, bools="available_for_hire") Set(13, id=4) Set(13, bools="available_for_hire")')
    expect(database.ask({ text: '[cseg]Count(Intersect(Row(hobbies="Teaching"),Distinct(Row(bools=\'available_for_hire\'), field= id, index=skills)))' })).toEqual([2])
  })
})
