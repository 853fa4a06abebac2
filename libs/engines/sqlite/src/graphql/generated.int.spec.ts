import fc from 'fast-check'
import { Databases } from '../testing/asked.js'

const databases = new Databases()
afterAll(() => databases.remove())

interface Row { readonly id: number; readonly a: number | null; readonly b: string | null; readonly up_id: number | null }

const rows: readonly Row[] = Array.from({ length: 9 }, (_, at) => ({
  id: at + 1, a: at % 5 === 0 ? null : at % 4, b: at % 7 === 0 ? null : ['x', 'X', 'xy', '', 'y'][at % 5] ?? null, up_id: at % 3 === 0 ? null : (at * 7) % 9 + 1,
}))
const text = (value: string | null): string => value === null ? 'null' : `'${value}'`
const database = databases.make(['create table r (id integer primary key, a int, b text, up_id int references r(id))',
  `insert into r values ${rows.map(({ id, a, b, up_id: up }) => `(${id}, ${a ?? 'null'}, ${text(b)}, ${up ?? 'null'})`).join(', ')}`])

type Value = number | string | null
type Holds = (row: Row) => boolean
interface Said { readonly filter: Readonly<Record<string, unknown>>; readonly holds: Holds; readonly isEmpty: boolean }

/** What an operator means for a value, as AirGQL has it: missing values are equal to each other, and different from all others. */
const means: Readonly<Record<string, (cell: Value, value: never) => boolean>> = {
  _eq: (cell, value: Value) => cell === value,
  _neq: (cell, value: Value) => cell !== value,
  _gt: (cell, value: Value) => cell !== null && value !== null && cell > value,
  _gte: (cell, value: Value) => cell !== null && value !== null && cell >= value,
  _lt: (cell, value: Value) => cell !== null && value !== null && cell < value,
  _lte: (cell, value: Value) => cell !== null && value !== null && cell <= value,
  _in: (cell, list: readonly Value[]) => cell !== null && list.includes(cell),
  _nin: (cell, list: readonly Value[]) => !list.includes(null) && !list.includes(cell),
  _is_null: (cell, isNull: boolean) => (cell === null) === isNull,
  _like: (cell, pattern: string | null) => cell !== null && pattern !== null && new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`).test(String(cell)),
  _ilike: (cell, pattern: string | null) => cell !== null && pattern !== null && new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'i').test(String(cell)),
}

const numbers = fc.option(fc.integer({ min: -1, max: 5 }))
const texts = fc.option(fc.constantFrom('x', 'X', 'xy', '', 'y', 'z'))
const operators = (value: fc.Arbitrary<Value>, patterns: boolean): fc.Arbitrary<Readonly<Record<string, unknown>>> => fc.record({
  _eq: value, _neq: value, _gt: value, _gte: value, _lt: value, _lte: value, _in: fc.array(value, { maxLength: 4 }), _nin: fc.array(value, { maxLength: 4 }), _is_null: fc.boolean(),
  ...(patterns && { _like: fc.constantFrom('x%', '_', '%', '', null), _ilike: fc.constantFrom('X%', '%y', null) }),
}).chain((each) => fc.subarray(Object.entries(each), { maxLength: 2 }).map((some) => Object.fromEntries(some)))

const ofColumn = (column: 'id' | 'a' | 'b', each: Readonly<Record<string, unknown>>): Said => ({
  filter: { [column]: each }, isEmpty: Object.keys(each).length === 0,
  holds: (row) => Object.entries(each).every(([operator, value]) => means[operator]?.(row[column], value as never) === true),
})

const upOf = (row: Row): Row | undefined => rows.find(({ id }) => id === row.up_id)
const { said } = fc.letrec<{ said: Said }>((tie) => ({
  said: fc.oneof({ maxDepth: 3 },
    operators(numbers, false).map((each) => ofColumn('a', each)), operators(texts, true).map((each) => ofColumn('b', each)), operators(numbers, false).map((each) => ofColumn('id', each)),
    fc.array(tie('said'), { maxLength: 3 }).map((all): Said => ({ filter: { _and: all.map(({ filter }) => filter) }, isEmpty: all.every(({ isEmpty }) => isEmpty), holds: (row) => all.every(({ holds }) => holds(row)) })),
    fc.array(tie('said'), { maxLength: 3 }).map((all): Said => ({ filter: { _or: all.map(({ filter }) => filter) }, isEmpty: all.some(({ isEmpty }) => isEmpty), holds: (row) => all.some(({ holds }) => holds(row)) })),
    tie('said').map(({ filter, holds }): Said => ({ filter: { _not: filter }, isEmpty: false, holds: (row) => !holds(row) })),
    tie('said').map(({ filter, holds }): Said => ({ filter: { up: filter }, isEmpty: false, holds: (row) => {
      const up = upOf(row)
      return up !== undefined && holds(up)
    } })),
    tie('said').map(({ filter, holds }): Said => ({ filter: { r: filter }, isEmpty: false, holds: (row) => rows.some((each) => each.up_id === row.id && holds(each)) })),
  ),
}))

/** A value as it is written in a document. */
const written = (value: unknown): string => Array.isArray(value) ? `[${value.map(written).join(', ')}]`
  : typeof value === 'object' && value !== null ? `{ ${Object.entries(value).map(([key, each]) => `${key}: ${written(each)}`).join(', ')} }` : JSON.stringify(value)

const runs = process.env['TEST_LONG'] === '1' ? 5_000 : 300
const wantedIds = (holds: Holds): readonly { readonly id: number }[] => rows.filter(holds).map(({ id }) => ({ id }))

describe('any filter', () => {
  it('leaves the rows for which it holds, in variables and in the document', () => {
    let some = 0
    fc.assert(fc.property(said, ({ filter, holds }) => {
      const wanted = wantedIds(holds)
      if (wanted.length > 0 && wanted.length < rows.length) some += 1
      expect(database.data('query ($w: r_filter) { r(where: $w) { id } }', { w: filter })).toEqual({ r: wanted })
      const document = `{ r(where: ${written(filter)}) { id } r_aggregate(where: ${written(filter)}) { count } }`
      if (document.length < 1_000) expect(database.data(document)).toEqual({ r: wanted, r_aggregate: { count: wanted.length } })
    }), { seed: 17, numRuns: runs, endOnFailure: true })
    expect(some).toBeGreaterThan(runs / 5)
  })

  it('changes and deletes those rows and no others, and none when it says nothing', () => {
    const copy = databases.make(['create table r (id integer primary key, a int, b text, up_id int references r(id), hit int)'])
    const fill = `insert into r (id, a, b, up_id) values ${rows.map(({ id, a, b, up_id: up }) => `(${id}, ${a ?? 'null'}, ${text(b)}, ${up ?? 'null'})`).join(', ')}`
    copy.sql(fill)
    fc.assert(fc.property(said, ({ filter, holds, isEmpty }) => {
      const answer = copy.ask('mutation ($w: r_filter) { update_r(where: $w, _set: { hit: 1 }) { affected_rows returning { id } } }', { w: filter })
      if (isEmpty) expect(answer).toMatchObject({ data: null, errors: [{ message: expect.stringContaining('must not be empty') as unknown }] })
      else expect(answer).toMatchObject({ data: { update_r: { affected_rows: wantedIds(holds).length, returning: wantedIds(holds) } } })
      expect(copy.sql('select id from r where hit = 1 order by id')).toEqual(isEmpty ? [] : wantedIds(holds).map(({ id }) => [id]))
      copy.sql('update r set hit = null where hit = 1')
    }), { seed: 19, numRuns: Math.ceil(runs / 5), endOnFailure: true })
  })
})

describe('any page', () => {
  it('is the part of all rows that its order, limit and offset say, also behind a cursor', () => {
    const key = fc.constantFrom('a', 'b', 'id', 'up_id')
    const keys = fc.array(fc.tuple(key, fc.constantFrom('ASC', 'DESC')), { minLength: 1, maxLength: 3 })
    fc.assert(fc.property(keys, fc.nat({ max: 11 }), fc.nat({ max: 11 }), (order, limit, offset) => {
      const by = written(order.map(([name, direction]) => ({ [name]: direction }))).replaceAll('"', '')
      const compare = (one: Row, other: Row): number => {
        for (const [name, direction] of [...order, ['id', 'ASC'] as const]) {
          const [left, right] = [one[name as keyof Row], other[name as keyof Row]]
          const sign = left === right ? 0 : left === null ? -1 : right === null ? 1 : left < right ? -1 : 1
          if (sign !== 0) return direction === 'DESC' ? -sign : sign
        }
        return 0
      }
      const sorted = [...rows].sort(compare).map(({ id }) => id)
      const { r } = database.data(`{ r(order_by: ${by}, limit: ${limit}, offset: ${offset}) { id _cursor } }`) as { r: readonly { id: number; _cursor: string }[] }
      expect(r.map(({ id }) => id)).toEqual(sorted.slice(offset, offset + limit))
      const last = r.at(-1)
      if (!last) return
      const behind = database.data(`query ($after: String) { r(order_by: ${by}, limit: 5, after: $after) { id } }`, { after: last._cursor }) as { r: readonly { id: number }[] }
      const at = sorted.indexOf(last.id) + 1
      expect(behind.r.map(({ id }) => id)).toEqual(sorted.slice(at, at + 5))
    }), { seed: 23, numRuns: Math.ceil(runs / 2), endOnFailure: true })
  })
})
