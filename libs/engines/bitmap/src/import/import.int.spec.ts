import { Asked, makeRoot } from '../testing/database.js'
import { Importing } from '../testing/importing.js'

const root = makeRoot()
afterAll(() => root.remove())

const fields = [
  { name: 'hobbies', options: { type: 'set', keys: true } }, { name: 'tags', options: { type: 'set', keys: false } },
  { name: 'city', options: { type: 'mutex', keys: true } }, { name: 'age', options: { type: 'int', min: 0, max: 150 } },
  { name: 'price', options: { type: 'decimal', scale: 2 } }, { name: 'seen', options: { type: 'timestamp', timeUnit: 's' } },
  { name: 'active', options: { type: 'bool' } }, { name: 'visits', options: { type: 'time', timeQuantum: 'YMD', keys: false } },
  { name: 'friend', options: { type: 'int', foreignIndex: 'named' } },
]
const schema = { indexes: [{ name: 'people', fields }, { name: 'named', options: { keys: true }, fields: [{ name: 'age', options: { type: 'int' } }] }] }

const fresh = (): { database: Asked; importing: Importing } => {
  const database = new Asked(root.fresh())
  expect(database.schema(schema)).toHaveProperty('indexes')
  return { database, importing: new Importing(database) }
}

/** More rows than are written with one statement, from 1 on. */
const enough = (line: (id: number) => string): string => Array.from({ length: 200 }, (_, at) => line(at + 1)).join('')

const everything = 'Extract(All(), Rows(hobbies), Rows(tags), Rows(city), Rows(age), Rows(price), Rows(seen), Rows(active), Rows(visits), Rows(friend))'
const rowsOf = (database: Asked, table = 'people', ask = everything): unknown => (database.pql(table, ask) as readonly [{ columns: unknown }])[0].columns

/** The same rows in both formats. */
const csv = '_id,hobbies,tags,city,age,price,seen,active,visits,friend\n'
  + '0,"[""chess"",""go""]","[1,9223372036854775807]",Oslo,23,1.50,2021-01-05T09:30:00+01:00,true,"{""at"":""2021-01-05T08:30:00Z"",""values"":[1,2]}",ann\n'
  + '1,chess,7,"a ""quoted"", city",150,-0.05,1599912750,f,3,bob\r\n'
  + '\n9007199254740993,"two\nlines",,ü€😀,0,92233720368547758.07,,,,\n'
const ndjson = [
  '{"_id":0,"hobbies":["chess","go"],"tags":[1,9223372036854775807],"city":"Oslo","age":23,"price":1.50,"seen":"2021-01-05T08:30:00Z","active":true,"visits":{"at":1609835400,"values":[1,2]},"friend":"ann"}',
  '{"_id":1,"hobbies":"chess","tags":7,"city":"a \\"quoted\\", city","age":150,"price":-0.05,"seen":1599912750,"active":false,"visits":3,"friend":"bob"}', '',
  '{"_id":9007199254740993,"hobbies":["two\\nlines"],"tags":null,"city":"ü€😀","age":0,"price":92233720368547758.07}',
].join('\n')

describe('an import', () => {
  it('reads every type of field, and CSV and NDJSON give the same records, in whatever pieces they come', () => {
    const seen = ([['csv', csv], ['ndjson', ndjson]] as const).flatMap(([format, text]) => [1, 7, 100_000].map((pieceBytes) => {
      const { database, importing } = fresh()
      expect(importing.whole({ table: 'people', format }, text, pieceBytes)).toEqual({ imported: 3, rejected: 0, errors: [] })
      const rows = rowsOf(database)
      expect(rowsOf(database, 'people', 'Extract(Row(visits=2, from="2021-01-05T00", to="2021-01-06T00"), Rows(age))')).toEqual([{ column: 0, rows: [23] }])
      expect(database.pql('people', 'Count(Row(tags=9223372036854775807)) IncludesColumn(All(), column=9007199254740993)')).toEqual([1, true])
      expect(database.differences()).toEqual([])
      database.close()
      return rows
    }))
    // Numbers are read here by JSON.parse, which loses the last digits of large ones.
    expect(seen[0]).toEqual([
      { column: 0, rows: [['chess', 'go'], [1, 2 ** 63], 'Oslo', 23, 1.5, '2021-01-05T08:30:00Z', true, [1, 2], 'ann'] },
      { column: 1, rows: [['chess'], [7], 'a "quoted", city', 150, -0.05, '2020-09-12T12:12:30Z', false, [3], 'bob'] },
      { column: 2 ** 53, rows: [['two\nlines'], null, 'ü€😀', 0, 92_233_720_368_547_760, null, null, null, null] },
    ])
    for (const rows of seen) expect(rows).toEqual(seen[0])
  })

  it('is what Set would have made, in rows and in bitmaps, also over records that are there', () => {
    const { database, importing } = fresh()
    database.pql('people', 'Set(1, city=Rome) Set(1, age=3) Set(1, hobbies=old) Set(2, active=true) Set(2, age=9)')
    expect(importing.whole({ table: 'people' }, '_id,city,age,hobbies,active\n1,Oslo,4,new,\n2,,,new,false\n3,Rome,,,\n1,Paris,,newer,true\n')).toMatchObject({ imported: 4, rejected: 0 })
    const expected = [{ column: 1, rows: ['Paris', 4, ['old', 'new', 'newer'], true] }, { column: 2, rows: [null, 9, ['new'], false] }, { column: 3, rows: ['Rome', null, null, null] }]
    const ask = 'Extract(All(), Rows(city), Rows(age), Rows(hobbies), Rows(active))'
    const counts = 'Count(Row(city=Rome)) Count(Row(city=Oslo)) Count(Row(city=Paris)) Count(Row(age<9)) Count(Row(active=true)) Count(All())'
    expect([rowsOf(database, 'people', ask), database.pql('people', counts)]).toEqual([expected, [1, 0, 1, 1, 1, 3]])
    expect(database.differences()).toEqual([])
    database.close()
  })

  it('takes several values of a cell apart where a separator is asked for, and only in sets', () => {
    const { database, importing } = fresh()
    const rows = '_id,hobbies,tags,city,visits\n1,chess;go,1;2,a;b,3;4\n2,;go;;,7,x,\n3,"[""a;b"",""c""]",,,"{""at"":""2021-01-05"",""values"":[5,6]}"\n4,[odd;[even,,,\n5,;,,y,\n6, x ;x,8,,\n'
    expect(importing.whole({ table: 'people', separator: ';' }, rows)).toEqual({ imported: 6, rejected: 0, errors: [] })
    const sorted = (value: unknown): unknown => Array.isArray(value) ? value.toSorted() : value
    const found = rowsOf(database, 'people', 'Extract(All(), Rows(hobbies), Rows(tags), Rows(city), Rows(visits))') as readonly { readonly rows: readonly unknown[] }[]
    expect(found.map((one) => ({ ...one, rows: one.rows.map(sorted) }))).toEqual([
      { column: 1, rows: [['chess', 'go'], [1, 2], 'a;b', [3, 4]] }, { column: 2, rows: [['go'], [7], 'x', null] }, { column: 3, rows: [['a;b', 'c'], null, null, [5, 6]] },
      { column: 4, rows: [['[even', '[odd'], null, null, null] }, { column: 5, rows: [[], null, 'y', null] }, { column: 6, rows: [[' x ', 'x'], [8], null, null] },
    ])
    expect(importing.whole({ table: 'people', separator: ';' }, '_id,tags\n7,1;x;2\n')).toMatchObject({ failed: { errors: [{ row: 1, message: 'tags: "x" is no integer from 0 to 2^63-1.' }] } })
    expect(importing.whole({ table: 'people', separator: '' }, '_id\n')).toMatchObject({ code: 'InvalidBody' })
    expect(importing.whole({ table: 'people' }, '_id,hobbies\n8,chess;go\n')).toMatchObject({ imported: 1 })
    expect(database.pql('people', 'Rows(hobbies, column=8) Count(Row(hobbies="chess;go"))')).toMatchObject([{ keys: ['chess;go'] }, 1])
    expect(database.differences()).toEqual([])
    database.close()
  })

  it('gives ids on from the largest where rows bring none, and keys where the table has them', () => {
    const { database, importing } = fresh()
    database.pql('people', 'Set(41, age=1)')
    expect(importing.whole({ table: 'people', columns: ['age', '_'], header: false }, '2,x\n3,y\n')).toMatchObject({ imported: 2 })
    expect(database.pql('people', 'All()')).toEqual([{ columns: [41, 42, 43] }])
    expect(importing.whole({ table: 'named', id: 'who' }, 'who,age\nann,31\nbob,32\n')).toMatchObject({ imported: 2 })
    expect(database.pql('named', 'Row(age>31)')).toEqual([{ columns: [], keys: ['bob'] }])
    expect(importing.whole({ table: 'named' }, 'age\n31\n')).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringContaining('"_id"') })
    database.close()
  })

  const bad: readonly (readonly ['csv' | 'ndjson', string, string])[] = [
    ['csv', '5,,,,x,,,,,', 'age'], ['csv', '5,', 'values'], ['csv', '5,,,,151,,,,,', 'bounds'], ['csv', '5,,,,-1,,,,,', 'bounds'], ['csv', '5,,,,1.5,,,,,', 'integer'],
    ['csv', '5,,,,,1e400,,,,', 'decimal'], ['csv', '5,,,,,92233720368547758.08,,,,', 'decimal'], ['csv', '5,,,,,,2021-02-30T00:00:00Z,,,', 'timestamp'],
    ['csv', '5,,,,,,,maybe,,', 'true or false'], ['csv', '5,,,,,,,constructor,,', 'true or false'], ['ndjson', '{"_id":5,"active":"__proto__"}', 'true or false'], ['csv', '5,,x,,,,,,,', 'integer from 0'], ['csv', '5,,9223372036854775808,,,,,,,', 'integer from 0'],
    ['csv', '-1,,,,,,,,,', 'id'], ['csv', ',,,,3,,,,,', 'no id'], ['csv', '5,a"b,,,,,,,,', 'quote'], ['csv', '5,"a"b,,,,,,,,', 'quote'], ['csv', `5,${'x'.repeat(2_000_000)},,,,,,,,`, 'longer than'],
    ['ndjson', '{"_id":5,"wrong":1}', 'no field "wrong"'], ['ndjson', '{"_id":5,', 'no JSON'], ['ndjson', '[5]', 'no JSON object'], ['ndjson', '{"_id":5,"hobbies":[1]}', 'text'],
    ['ndjson', '{"_id":5,"age":{"at":1}}', 'integer'], ['ndjson', '{"_id":1.5}', 'id'], ['ndjson', '{"_id":5,"visits":{"at":"soon","values":1}}', 'time'],
  ]

  it('leaves bad rows out, counts them and says where and why, when they are to be skipped', () => {
    for (const format of ['csv', 'ndjson'] as const) {
      const rows = bad.filter(([of]) => of === format)
      const good = (id: number): string => format === 'csv' ? `${id},go,,,,,,,,` : `{"_id":${id},"hobbies":"go"}`
      const lines = rows.flatMap(([, line], at) => [line, good(100 + at)])
      const { database, importing } = fresh()
      const header = format === 'csv' ? '_id,hobbies,tags,city,age,price,seen,active,visits,friend\n' : ''
      const report = importing.whole({ table: 'people', format, onError: 'skip' }, header + lines.join('\n')) as { errors: { row: number; message: string }[] }
      expect(report).toMatchObject({ imported: rows.length, rejected: rows.length })
      expect(report.errors.map(({ row }) => row)).toEqual(rows.map((_, at) => 1 + 2 * at))
      rows.forEach(([, , word], at) => expect(report.errors[at]?.message).toContain(word))
      expect(database.pql('people', 'Count(All()) Count(Row(hobbies=go))')).toEqual([rows.length, rows.length])
      expect(database.differences()).toEqual([])
      database.close()
    }
  })

  it('keeps nothing when one row is bad, and says which', () => {
    for (const [format, line] of bad) {
      const { database, importing } = fresh()
      database.pql('people', 'Set(1, hobbies=old)')
      const begin = format === 'csv' ? '_id,hobbies,tags,city,age,price,seen,active,visits,friend\n1,new,,,,,,,,\n' : '{"_id":1,"hobbies":"new"}\n'
      expect(importing.whole({ table: 'people', format }, `${begin}${line}\n`)).toMatchObject({ failed: { imported: 0, rejected: 1, errors: [{ row: 2 }] } })
      expect(database.pql('people', 'Count(All()) Rows(hobbies)')).toEqual([1, { rows: null, keys: ['old'], Field: 'hobbies' }])
      expect(database.differences()).toEqual([])
      expect(importing.whole({ table: 'people' }, '_id,hobbies\n2,new\n')).toMatchObject({ imported: 1 })
      expect(database.pql('people', 'Count(All()) Rows(hobbies)')).toEqual([2, { rows: null, keys: ['old', 'new'], Field: 'hobbies' }])
      database.close()
    }
  })

  it('refuses bytes that are no UTF-8 by the row', () => {
    const { database, importing } = fresh()
    const bytes = Buffer.concat([Buffer.from('_id,hobbies\n1,\uFFFD\n2,'), Buffer.from([0xc3, 0x28]), Buffer.from('\n3,é\n')])
    expect(importing.whole({ table: 'people', onError: 'skip' }, bytes, 3)).toEqual({ imported: 2, rejected: 1, errors: [{ row: 2, message: 'The row is not UTF-8.' }] })
    database.close()
  })

  it.each([
    [{}, '_id,wrong\n', '"wrong"'], [{}, '_id,age,age\n', 'twice'], [{}, '', 'empty'], [{ header: false }, '1\n', 'columns='], [{ table: 'none' }, '_id\n', 'none'], [{ id: 'key' }, '_id,age\n', '"key"'],
  ])('is refused in words before any row when it cannot be read: %j', (options, text, word) => {
    const { database, importing } = fresh()
    expect(importing.whole({ table: 'people', ...options }, text)).toMatchObject({ message: expect.stringContaining(word) })
    expect(database.pql('people', 'Set(1, age=1)')).toEqual([true])
    database.close()
  })

  it('is not seen by reads that have to make bitmaps anew meanwhile', () => {
    const { database } = fresh()
    database.pql('people', 'Set(1, city=Rome) Set(1, age=5) Set(1, hobbies=chess)')
    // What somebody finds after a crash: nothing of it was saved, and a note says so.
    const found = new Asked(database.copy(`${database.folder}-found`))
    database.close()
    const importing = new Importing(found)
    importing.begin({ table: 'people' })
    importing.rows(`_id,city,age,hobbies\n${enough((id) => `${id},Oslo,6,go\n`)}`)
    const ask = 'Extract(All(), Rows(city), Rows(age), Rows(hobbies))'
    expect(rowsOf(found, 'people', ask)).toEqual([{ column: 1, rows: ['Rome', 5, ['chess']] }])
    expect(importing.end()).toMatchObject({ imported: 200 })
    expect([found.pql('people', 'Count(Row(city=Oslo)) Count(Row(hobbies=chess)) Count(All())'), found.differences()]).toEqual([[200, 1, 200], []])
    found.close()
  })

  it('is not seen by reads before its end, and lets nothing else change the database', () => {
    const { database, importing } = fresh()
    database.pql('people', 'Set(1, hobbies=chess) Set(1, age=5)')
    importing.begin({ table: 'people' })
    importing.rows('_id,hobbies,age\n1,go,6\n2,chess,7\n')
    const ask = 'Count(All()) Extract(All(), Rows(hobbies), Rows(age)) Row(hobbies=chess) Sum(field=age)'
    const before = database.pql('people', ask)
    expect(before).toMatchObject([1, { columns: [{ column: 1, rows: [['chess'], 5] }] }, { columns: [1] }, { value: 5 }])
    const refused = { code: 'EngineUnavailable', message: expect.stringContaining('import') }
    expect([database.pql('people', 'Set(3, age=1)'), database.schema({ indexes: [{ name: 'more' }] })]).toEqual([refused, refused])
    const second = new Importing(database, 'another')
    expect(second.begin({ table: 'people' })).toMatchObject({ code: 'TooManyQueries' })
    expect(second.rows('x')).toMatchObject({ code: 'EngineUnavailable' })
    expect(importing.end()).toMatchObject({ imported: 2 })
    expect(database.pql('people', ask)).toMatchObject([2, { columns: [{ column: 1, rows: [['chess', 'go'], 6] }, { column: 2, rows: [['chess'], 7] }] }, { columns: [1, 2] }, { value: 13 }])
    database.close()
  })

  it('keeps nothing when it is given up, when a piece is missing, and when the database closes under it', () => {
    const { database, importing } = fresh()
    const ends = [() => importing.abort(), () => { importing.next += 1; expect(importing.rows('3,3\n')).toMatchObject({ code: 'EngineUnavailable', message: expect.stringContaining('nothing of it was kept') }) }]
    for (const end of ends) {
      importing.begin({ table: 'people' })
      importing.rows(`_id,age\n${enough((id) => `${id},2\n`)}`)
      end()
      expect(importing.end()).toMatchObject({ code: 'EngineUnavailable' })
      expect([database.pql('people', 'Count(All())'), database.differences()]).toEqual([[0], []])
    }
    importing.begin({ table: 'people' })
    importing.rows(`_id,age\n${enough((id) => `${id},2\n`)}`)
    database.close()
    const again = new Asked(database.folder)
    expect([again.pql('people', 'Count(All())'), again.differences()]).toEqual([[0], []])
    again.close()
  })

  it('takes all back when the storage is full', () => {
    const { database, importing } = fresh()
    database.pql('people', 'Set(1, hobbies=chess)')
    importing.begin({ table: 'people' })
    const rows = `_id,hobbies\n${Array.from({ length: 20_000 }, (_, at) => `${at},hobby number ${at}\n`).join('')}`
    expect(importing.rows(rows, 400_000)).toMatchObject({ code: 'StorageFull' })
    expect(database.pql('people', 'Count(All()) Rows(hobbies)')).toEqual([1, { rows: null, keys: ['chess'], Field: 'hobbies' }])
    expect(database.pql('people', 'Set(2, hobbies=go)')).toEqual([true])
    expect(database.differences()).toEqual([])
    database.close()
  })

  it('of many rows agrees with what is made of the rows anew, however often a record comes', () => {
    const { database, importing } = fresh()
    const random = (at: number, most: number): number => Math.floor(Math.abs(Math.sin(at * 12.9898 + most) * 43_758.5453) % 1 * most)
    const line = (at: number): string => `${random(at, 30_000)},h${random(at, 50)},c${random(at, 7)},${random(at, 100)},${random(at, 2)}\n`
    const rows = `_id,hobbies,city,age,active\n${Array.from({ length: 40_000 }, (_, at) => line(at)).join('')}`
    for (let round = 0; round < 2; round += 1) expect(importing.whole({ table: 'people' }, rows, 100_000)).toMatchObject({ imported: 40_000 })
    expect(database.differences()).toEqual([])
    database.close()
  })
})
