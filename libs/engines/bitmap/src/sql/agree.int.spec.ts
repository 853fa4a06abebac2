import { type Value, readTime } from '@tenantry/featurebase-sql'
import { makeRoot } from '../testing/database.js'
import { SqlAsked, testNow } from '../testing/sql.js'
import type { SqlAnswer } from './answer.js'
import { Query } from './query.js'
import { answerQuery } from './select/answer.js'
import { prepareQuery } from './select/prepare.js'

const root = makeRoot()
const asked = new SqlAsked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const many = process.env['TEST_LONG'] === '1' ? 20_000 : 500
const limits = { seconds: 0, answerBytes: 10e6, answerRows: 100_000 }

/** Numbers that follow from a seed. */
const numbersFrom = (seed: number): ((bound: number) => number) => {
  let state = seed
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor(state / 65_536) % bound
  }
}

const next = numbersFrom(6_051_974)
const oneOf = (...all: readonly string[]): string => all[next(all.length)] ?? ''

const start = readTime('2020-01-01') ?? 0n
const words = ['red', 'Green', 'blue', 'ñ', '']
const sometimes = (value: Value): Value => next(6) === 0 ? null : value
const someOf = <T>(all: readonly T[]): readonly T[] => all.filter(() => next(2) === 0)

const setOf = (members: readonly bigint[] | readonly string[]): Value => members.length > 0 ? members : null

const row = (id: bigint): readonly Value[] => [
  id, sometimes(BigInt(next(20) - 10)), sometimes(BigInt(next(400) - 200)), sometimes(words[next(words.length)] ?? ''), sometimes(next(2) === 0), sometimes(start + BigInt(next(30)) * 43_200_000_000_000n),
  setOf(someOf(['a', 'b', 'c'])), setOf(someOf([1n, 2n, 5n])), sometimes(BigInt(next(4))),
]

beforeAll(() => {
  asked.table('every', { _id: 'id', n: 'int', d: 'decimal(1)', s: 'string', ok: 'bool', at: 'timestamp', tags: 'stringset', marks: 'idset', one: 'id' }, Array.from({ length: 400 }, (_one, at) => row(BigInt(at * 7))))
})

const comparison = (): string => oneOf('=', '!=', '<', '<=', '>', '>=')

const condition = (depth: number): string => {
  if (depth > 0 && next(2) === 0) return oneOf(`(${condition(depth - 1)} and ${condition(depth - 1)})`, `(${condition(depth - 1)} or ${condition(depth - 1)})`, `(not ${condition(depth - 1)})`)
  return oneOf(
    `n ${comparison()} ${next(24) - 12}`, `n ${comparison()} ${next(20) - 10}.5`, `d ${comparison()} ${next(40) - 20}.${next(10)}5`, `d ${comparison()} ${next(20) - 10}`, `${next(20) - 10} ${comparison()} n`, `s = '${words[next(5)] ?? ''}'`, `s != '${words[next(5)] ?? ''}'`, `s = 'nowhere'`, `s != 'nowhere'`,
    'ok', 'ok = true', 'ok != true', 'ok is null', `at ${comparison()} '2020-01-0${1 + next(9)}T12:00:00Z'`, `at ${comparison()} '2020-01-05T12:00:00.5Z'`, `setcontains(tags, '${oneOf('a', 'b', 'x')}')`, `setcontainsany(marks, [${next(6)}, 2])`,
    `setcontainsall(tags, ['a', '${oneOf('b', 'c', 'x')}'])`, "tags = ['b']", "tags != ['b']", 'marks = [1, 5]', `one = ${next(5)}`, `one != ${next(5)}`, `one > ${next(4)}`, `one in (1, ${next(4)})`, `n in (1, 2, ${next(9)})`, `n not in (3, ${next(9)})`, `s in ('red', 'blue', 'nowhere')`, `s not in ('red', '')`,
    `n between ${-next(10)} and ${next(10)}`, `d not between -5 and ${next(10)}.25`, 'n is null', 's is not null', 'tags is null', 'marks is not null', `s like '${oneOf('%e%', 'r%', 'GREEN', '_', '%')}'`, `s not like '%e%'`, `_id = ${next(500)}`, `_id != ${7 * next(300)}`, `_id > ${next(2_000)}`, `_id in (7, 14, ${next(99)})`,
    'n + 1 > 3', "upper(s) = 'RED'",
  )
}

const where = (): string => next(5) === 0 ? '' : ` where ${condition(2)}`

const aggregate = (): string => oneOf('count(*)', 'count(_id)', 'count(n)', 'count(s)', 'count(tags)', 'count(ok)', 'sum(n)', 'sum(d)', 'count(distinct n)', 'count(distinct s)', 'count(distinct tags)', 'min(n)', 'max(d)', 'min(at)', 'max(at)', 'avg(n)', 'avg(d)', 'count(distinct d)', 'count(distinct one)')

const group = (): string => oneOf('n', 's', 'ok', 'one', 'tags', 'marks', 'd')

interface Asked { readonly text: string; readonly isOrdered: boolean }

const query = (): Asked => {
  const [one, other] = [group(), group()]
  switch (next(8)) {
    case 0: return { text: `select ${aggregate()}, ${aggregate()} from every${where()}`, isOrdered: true }
    case 1: return { text: `select count(*) from every${where()}`, isOrdered: true }
    case 2: return { text: `select ${one}, ${oneOf('count(*)', 'sum(n)', 'sum(d)')} from every${where()} group by ${one}`, isOrdered: false }
    case 3: return one === other ? query() : { text: `select ${one}, ${other}, count(*), sum(n) from every${where()} group by ${one}, ${other}`, isOrdered: false }
    case 4: return { text: `select distinct ${one} from every${where()}`, isOrdered: false }
    case 5: return { text: `select ${oneOf('tags', 'marks')}, count(*) from every with (flatten(${oneOf('tags', 'marks')}))${where()} group by tags`.replace(/select (\w+)(.*)flatten\(\w+\)(.*)group by tags/, 'select $1$2flatten($1)$3group by $1'), isOrdered: false }
    case 6: return { text: `select *, n * 2 from every${where()}`, isOrdered: true }
    // What is equal in an order may come in any: the last key leaves nothing equal.
    default: return { text: `select top(${1 + next(20)}) _id, n, d, at, tags from every${where()} order by ${oneOf('n', 'd', 'at', 'ok')}${oneOf('', ' desc')}, _id`, isOrdered: true }
  }
}

const said = ({ fields, data, rows }: SqlAnswer, isOrdered: boolean): unknown => {
  const lines = (JSON.parse(data.toString()) as readonly unknown[]).map((line) => JSON.stringify(line))
  return { fields: fields.toString(), rows, lines: isOrdered ? lines : lines.sort() }
}

describe('bitmaps and SQLite', () => {
  it(`answer ${many} queries at random alike`, () => {
    const plans = { bitmaps: 0, records: 0, sqlite: 0 }
    for (let at = 0; at < many; at += 1) {
      const { text, isOrdered } = query()
      const checked = asked.checked(text)
      const known = new Query(asked.space, checked)
      plans[known.plan.kind] += 1
      const [ours, theirs] = [said(known.run(limits), isOrdered), said(answerQuery(asked.space, prepareQuery(asked.space, checked), limits, { now: testNow }), isOrdered)]
      expect({ text, answer: ours }).toEqual({ text, answer: theirs })
    }
    expect({ bitmaps: plans.bitmaps > many / 4, records: plans.records > many / 20, sqlite: plans.sqlite > many / 20 }).toEqual({ bitmaps: true, records: true, sqlite: true })
  })
})
