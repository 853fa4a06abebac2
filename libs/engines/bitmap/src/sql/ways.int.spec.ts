import { drawFrom } from '@tenantry/testing'
import { Asked, makeRoot } from '../testing/database.js'

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const many = process.env['TEST_LONG'] === '1' ? 4_000 : 300
const records = 200

/** One of a list, and then of another: which ones follows from a seed. */
const choiceFrom = (seed: number): (<T>(list: readonly [T, ...T[]]) => T) => {
  const draw = drawFrom(seed)
  return (list) => list[draw(list.length)] ?? list[0]
}

type One = ReturnType<typeof choiceFrom>

const values = {
  i: ['-5', '0', '1', '7', '100', 'null'], d: ['-1.50', '0', '0.01', '2.50', '99.99', 'null'], s: ["'a'", "'b'", "'c d'", "''", 'null'], b: ['true', 'false', 'null'],
  ts: ["'2020-01-01T00:00:00Z'", "'2021-06-01T12:00:00Z'", "'1969-12-31T23:59:59Z'", 'null'], x: ['0', '1', '2', '9', 'null'],
  ids: ['[1]', '[1, 2]', '[3, 7]', 'null'], ss: ["['p']", "['p', 'q']", "['r']", 'null'], q: ["['k']", "['l', 'k']", 'null'],
} as const satisfies Record<string, readonly [string, ...string[]]>
type Name = keyof typeof values
const names = ['i', 'd', 's', 'b', 'ts', 'x', 'ids', 'ss', 'q'] as const satisfies readonly Name[]

beforeAll(() => {
  const one = choiceFrom(5)
  expect(asked.sql(`create table t (_id id, i int, d decimal(2), s string, b bool, ts timestamp, x id, ids idset, ss stringset, q stringsetq timequantum 'YMD')`)).toHaveProperty('data')
  const rows = Array.from({ length: records }, (_, at) => `(${at * 7_919}, ${names.map((name) => one(values[name])).join(', ')})`)
  expect(asked.sql(`insert into t (_id, ${names.join(', ')}) values ${rows.join(', ')}`)).toHaveProperty('data')
})

const known = (one: One, name: Name): string => { const [first, ...others] = values[name].filter((value) => value !== 'null'); return one([first ?? '1', ...others]) }

/** A comparison, either way around: text is a moment only on the right of one. */
const compared = (one: One, name: Name, value: string): readonly string[] => {
  const operator = one(['=', '!=', '<', '<=', '>', '>='])
  return name === 'ts' ? [`ts ${operator} ${value}`] : [`${name} ${operator} ${value}`, `${value} ${operator} ${name}`]
}

/** What can be asked of one column. */
const test = (one: One): string => {
  const name = one(['i', 'd', 'ts', 'x', 's', 'b', 'ids', 'ss', 'q', '_id'] as const)
  if (name === '_id') return one([`_id ${one(['=', '!=', '<', '>='])} ${one(['0', '7919', '15838', '1'])}`, '_id in (0, 7919, 3)', '_id between 7919 and 100000'])
  const value = (): string => known(one, name)
  const isNull = `${name} is ${one(['', 'not '])}null`
  switch (name) {
    case 'i': case 'd': case 'ts': return one([isNull, ...compared(one, name, value()), `${name} ${one(['', 'not '])}between ${value()} and ${value()}`, `${name} ${one(['', 'not '])}in (${value()}, ${value()})`, ...name === 'i' ? [`i ${one(['', 'not '])}in (0.5)`] : []])
    case 'x': return one([isNull, `x ${one(['=', '!=', '<', '>='])} ${value()}`, `x ${one(['', 'not '])}in (${value()}, ${value()})`, `x between 1 and ${value()}`])
    case 's': return one([isNull, `s ${one(['=', '!='])} ${value()}`, `s ${one(['', 'not '])}in (${value()}, 'nobody')`, `s ${one(['', 'not '])}in ('nobody')`, `s ${one(['', 'not '])}like ${one(["'%'", "'a'", "'c%'", "'_'", "'nobody%'"])}`])
    case 'b': return one([isNull, `b ${one(['=', '!='])} ${value()}`, 'b'])
    case 'ids': return one([isNull, `setcontains(ids, ${one(['1', '2', '44'])})`, `setcontainsany(ids, ${value()})`, `setcontainsall(ids, ${value()})`, `ids ${one(['=', '!='])} ${value()}`])
    case 'ss': case 'q': return one([isNull, `setcontains(${name}, ${one(["'p'", "'k'", "'nobody'"])})`, `setcontainsany(${name}, ${value()})`, `setcontainsall(${name}, ['p', 'q'])`])
  }
}

const condition = (one: One, depth: number): string => {
  if (depth === 0) return test(one)
  const some = (): string => condition(one, depth - 1)
  return one([() => test(one), () => `(${some()} and ${some()})`, () => `(${some()} or ${some()})`, () => `not (${some()})`] as const)()
}

const questions = [
  (where: string) => `select _id from t where ${where}`, (where: string) => `select count(*) from t where ${where}`,
  (where: string) => `select count(i), sum(i), avg(i), min(i), max(i) from t where ${where}`, (where: string) => `select sum(d), avg(d), min(d), max(d), min(ts), max(ts), count(ts) from t where ${where}`,
  (where: string) => `select count(distinct i), count(distinct s), count(distinct x), count(s), count(ids) from t where ${where}`, (where: string) => `select distinct s from t where ${where}`,
  (where: string) => `select distinct x from t where ${where}`, (where: string) => `select distinct i from t where ${where}`, (where: string) => `select s, count(*) from t where ${where} group by s`,
  (where: string) => `select b, count(*), sum(i), avg(d) from t where ${where} group by b`, (where: string) => `select x, s, count(*), sum(d) from t where ${where} group by x, s`,
  (where: string) => `select i, count(*) from t where ${where} group by i`, (where: string) => `select ids, count(*) from t where ${where} group by ids`,
  (where: string) => `select ss, count(*), sum(i) from t with (flatten(ss)) where ${where} group by ss`, (where: string) => `select ids, count(*) from t with (flatten(ids)) where ${where} group by ids`,
  (where: string) => `select * from t where ${where}`, (where: string) => `select s, sum(i) from t where ${where} group by s having count(*) > 2`,
  (where: string) => `select _id, i, s from t where ${where} order by _id limit 7 offset 2`, (where: string) => `select top(5) _id, d from t where ${where} order by d desc, _id`,
  (where: string) => `select s, count(*) as c from t where ${where} group by s order by c desc, s limit 2`, (where: string) => `select distinct ids from t with (flatten(ids)) where ${where}`, (where: string) => `select min(s), max(s) from t where ${where}`,
] as const

interface Answered { readonly data: readonly (readonly unknown[])[] }

/** Its rows: in their order where the question has one, and else in any. */
const rows = (text: string): readonly string[] => {
  const said = asked.sql(text)
  if (!isAnswered(said)) throw new Error(`${text} is answered by ${JSON.stringify(said)}`)
  const texts = said.data.map((row) => JSON.stringify(row))
  return text.includes(' order by ') ? texts : texts.sort()
}

const isAnswered = (said: unknown): said is Answered => typeof said === 'object' && said !== null && 'data' in said

describe('a condition', () => {
  it(`chooses what it is true of, of ${many} at random, whichever way it goes`, () => {
    const one = choiceFrom(7)
    const wrong: unknown[] = []
    let telling = 0
    for (let count = 0; count < many; count += 1) {
      const where = condition(one, one([0, 1, 2, 3]))
      const holding = rows(`select _id, ${where} from t`).filter((row) => row.endsWith(',true]')).map((row) => row.replace(',true]', ']')).sort()
      const chosen = rows(`select _id from t where ${where}`)
      if (chosen.join() !== holding.join()) wrong.push({ where, chosen: chosen.length, holding: holding.length })
      if (chosen.length > 0 && chosen.length < records) telling += 1
    }
    expect(wrong).toEqual([])
    expect(telling).toBeGreaterThan(many / 2)
  })

  it(`is answered by bitmaps as it is by rows, ${many} at random`, () => {
    const one = choiceFrom(11)
    const wrong: unknown[] = []
    let byBitmaps = 0
    for (let count = 0; count < many; count += 1) {
      const where = condition(one, one([0, 1, 2]))
      const question = one(questions)
      const [text, byRows] = [question(where), question(`(${where}) and _id + 0 >= 0`)]
      if (JSON.stringify(asked.sql(text, { plan: true })).includes('Bitmaps')) byBitmaps += 1
      const [found, wanted] = [rows(text), rows(byRows)]
      if (found.join() !== wanted.join()) wrong.push({ text, found: found.slice(0, 5), wanted: wanted.slice(0, 5) })
    }
    expect(wrong).toEqual([])
    expect(byBitmaps).toBeGreaterThan(many / 3)
  })

  it(`is true of a record, false, or unknown, of ${many} at random, in joins and queries of queries too`, () => {
    const one = choiceFrom(13)
    const sources = ['t', 't left join t as y on t.x = y.i', 't join t as y on t.i = y.x and y._id < 80000', '(select * from t where i != 7) z', 't with (flatten(ids))'] as const
    const wrong: unknown[] = []
    let telling = 0
    for (let count = 0; count < many; count += 1) {
      const [where, source] = [condition(one, one([0, 1, 2])), one(sources)]
      const question = `select _id, s, i from ${source}`
      const parts = [`(${where})`, `not (${where})`, `(${where}) is null`].map((part) => rows(`${question} where ${part}`))
      const [all, together] = [rows(question), parts.flat().sort()]
      if (together.join() !== all.join()) wrong.push({ source, where, of: all.length, parts: parts.map(({ length }) => length) })
      if (parts.filter(({ length }) => length > 0).length > 1) telling += 1
    }
    expect(wrong).toEqual([])
    expect(telling).toBeGreaterThan(many / 2)
  })
})

describe('a sum of more than 64 bits', () => {
  const large = new Asked(root.fresh())
  const most = 2n ** 63n - 1n
  beforeAll(() => {
    large.sql('create table l (_id id, i int, d decimal(2), s string)')
    large.sql(`insert into l (_id, i, d, s) values (1, ${most}, 92233720368547758.07, 'a'), (2, 1, 0.01, 'a'), (3, 5, 0.05, 'b'), (4, ${-most}, -92233720368547758.07, 'c'), (5, -5, -0.05, 'c')`)
  })
  afterAll(() => large.close())

  it.each([
    "sum(i) from l where s = 'a'", "sum(d) from l where s = 'a'", "sum(i) from l where s = 'c'", "avg(i) from l where s = 'a'", "avg(d) from l where s = 'a'",
    "s, sum(i) from l where s != 'c' group by s", "s, avg(d) from l where s != 'b' group by s",
  ])('is refused by bitmaps and by rows: %s', (question) => {
    const byRows = question.replace(' where ', ' where _id + 0 >= 0 and ')
    for (const text of [question, byRows]) expect([text, large.sql(`select ${text}`)]).toEqual([text, expect.objectContaining({ code: 'EngineRejectedQuery', message: expect.stringContaining('out of range') as unknown })])
  })

  it('is one of less when the values make up for each other, and each group is held to it alone', () => {
    expect(large.sql("select sum(i), sum(d) from l where s = 'b'")).toMatchObject({ data: [[5, 0.05]] })
    expect(large.sql("select sum(i) from l where s = 'c' or s = 'b' or _id = 1")).toMatchObject({ data: [[0]] })
  })
})
