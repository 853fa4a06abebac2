import fc from 'fast-check'
import { Asked, makeRoot } from '../../testing/database.js'

const runs = process.env['TEST_LONG'] === '1' ? 500 : 20
const seed = 23

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

interface Said { readonly message?: string; readonly data?: unknown }
const done = (text: string): unknown => {
  const { message, data } = asked.sql(text) as Said
  expect([text, message]).toEqual([text, undefined])
  return data
}

const text = fc.oneof(fc.constantFrom('a', 'b', 'it\'s', 'x,y', 'say "so"', 'ä👋', 'null', '1'), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }))
const day = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`)
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 })
const row = fc.record({
  _id: fc.integer({ min: 0, max: 30 }), i: maybe(fc.integer({ min: -1_000_000, max: 1_000_000 })), d: maybe(fc.integer({ min: -99_999, max: 99_999 }).map((cents) => (cents / 100).toFixed(2))),
  s: maybe(text), b: maybe(fc.boolean()), ts: maybe(day), ids: maybe(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 })), ss: maybe(fc.array(text, { minLength: 1, maxLength: 3 })),
})
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

const quoted = (value: string): string => `'${value.replaceAll('\'', '\'\'')}'`
const inSql = (value: Row[keyof Row]): string => {
  if (Array.isArray(value)) return `[${value.map((member) => typeof member === 'string' ? quoted(member) : String(member)).join()}]`
  return typeof value === 'string' && !/^-?\d+\.\d\d$/.test(value) ? quoted(value) : String(value)
}
const names = ['_id', 'i', 'd', 's', 'b', 'ts', 'ids', 'ss'] as const
const valuesOf = (rows: readonly Row[]): string => rows.map((each) => `(${names.map((name) => name === 's' && each.s !== null ? quoted(each.s) : inSql(each[name])).join()})`).join()
/** Numbers as they are written, decimals too. */
const jsonOf = (each: Row): string => `{${names.map((name) => `"${name}":${name === 'd' ? String(each.d) : JSON.stringify(each[name])}`).join()}}`
const mapOf = (from: (name: string, at: number) => string): string => names.map((name, at) => `${from(name, at)} ${['id', 'int', 'decimal(2)', 'string', 'bool', 'timestamp', 'idset', 'stringset'][at]}`).join()

const csvCell = (value: string | number | boolean | null): string => value === null ? '' : `"${String(value).replaceAll('"', '""')}"`
const csvNames = names.slice(0, 6)
const csvOf = (rows: readonly Row[]): string => rows.map((each) => csvNames.map((name) => csvCell(each[name] as string | number | boolean | null)).join()).join('\n')

const all = (table: string, columns = '*'): unknown => done(`SELECT ${columns} FROM ${table} ORDER BY _id`)

describe('rows', () => {
  it(`are the same by whichever way they came, once and again over themselves, for ${runs} lots of them`, () => {
    let count = 0
    fc.assert(fc.property(fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }), (lots) => {
      count += 1
      const [values, lines, json, chosen, copied] = ['values', 'lines', 'json', 'chosen', 'copied'].map((name) => `${name}${count}`)
      for (const table of [values, lines, json, chosen]) done(`CREATE TABLE ${table} (_id id, i int, d decimal(2), s string, b bool, ts timestamp, ids idset, ss stringset)`)
      for (const rows of lots) {
        done(`INSERT INTO ${values} VALUES ${valuesOf(rows)}`)
        done(`BULK INSERT INTO ${json} MAP (${mapOf((name) => `'$.${name}'`)}) FROM x${quoted(rows.map(jsonOf).join('\n'))} WITH FORMAT 'NDJSON' INPUT 'STREAM'`)
        done(`BULK INSERT INTO ${lines} (${csvNames.join()}) MAP (0 id, 1 int, 2 decimal(2), 3 string, 4 bool, 5 timestamp) FROM x${quoted(csvOf(rows))} WITH FORMAT 'CSV' INPUT 'STREAM'`)
      }
      done(`INSERT INTO ${chosen} SELECT * FROM ${values}`)
      done(`COPY ${values} TO ${copied}`)
      const wanted = all(values ?? '')
      expect([all(json ?? ''), all(chosen ?? ''), all(copied ?? '')]).toEqual([wanted, wanted, wanted])
      expect(all(lines ?? '', csvNames.join())).toEqual(all(values ?? '', csvNames.join()))
      for (const table of [values, lines, json, chosen, copied]) done(`DROP TABLE ${table}`)
    }), { seed, numRuns: runs })
    expect(asked.differences()).toEqual([])
  })
})
