import { drawFrom } from '@tenantry/testing'
import { Asked, makeRoot } from '../../testing/database.js'

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const many = process.env['TEST_LONG'] === '1' ? 10_000 : 400
const draw = drawFrom(31_415)
const pick = <T>(...all: readonly [T, ...T[]]): T => all[draw(all.length)] ?? all[0]
const orNull = (text: string): string => draw(5) === 0 ? 'null' : text

beforeAll(() => {
  asked.sql("create table a (_id id, n int, d decimal(2), s string, ok bool, at timestamp, tags stringset, ids idset)")
  asked.sql("create table b (_id string, n int, d decimal(4), s string, ok bool, at timestamp timeunit 'ms', tags stringset, ids idset)")
  const values = (): string => [
    orNull(String(draw(20) - 5)), orNull(`${draw(40) - 20}.${draw(4) * 25}`), orNull(pick("'x'", "'y'", "'zed'", "''")), orNull(pick('true', 'false')),
    orNull(pick("'2020-01-01'", "'1969-05-06T07:08:09Z'", "'2024-02-29T23:59:59Z'")), orNull(pick("['p']", "['p', 'q']", "['r', 'p']")), orNull(pick('[1]', '[1, 2]', '[7]')),
  ].join()
  for (let at = 0; at < 30; at += 1) asked.sql(`insert into a values (${at}, ${values()})`)
  for (let at = 0; at < 12; at += 1) asked.sql(`insert into b values ('${pick('x', 'y', 'zed', 'k')}${at > 3 ? at : ''}', ${values()})`)
})

type Kind = 'n' | 'd' | 's' | 'ok' | 'at' | 'tags' | 'ids'
const kinds = ['n', 'd', 's', 'ok', 'at', 'tags', 'ids'] as const satisfies readonly Kind[]

/** A source, and the columns of each kind that it has. */
interface Source { readonly text: string; readonly columns: Readonly<Record<Kind, readonly string[]>> }

let aliases = 0

const named = (alias: string): Source['columns'] => ({ n: [`${alias}.n`], d: [`${alias}.d`], s: [`${alias}.s`], ok: [`${alias}.ok`], at: [`${alias}.at`], tags: [`${alias}.tags`], ids: [`${alias}.ids`] })

const plain = (depth: number): Source => {
  const alias = `x${aliases++}`
  if (depth > 0 && draw(3) === 0) return { text: `(${query(depth - 1)}) ${alias}`, columns: named(alias) }
  return { text: `${pick('a', 'b')} ${alias}`, columns: named(alias) }
}

const source = (depth: number): Source => {
  let whole = plain(depth)
  for (let joins = draw(3); joins > 0; joins -= 1) {
    const other = plain(depth - 1)
    const kind = pick<Kind>('n', 's', 'd', 'at')
    whole = {
      text: `${whole.text} ${pick('inner', 'left')} join ${other.text} on ${columnOf(whole, kind)} = ${columnOf(other, kind)}${draw(3) === 0 ? ` and ${condition(other, 1)}` : ''}`,
      columns: { ...whole.columns, n: [...whole.columns.n, ...other.columns.n], s: [...whole.columns.s, ...other.columns.s], d: [...whole.columns.d, ...other.columns.d], at: [...whole.columns.at, ...other.columns.at] },
    }
  }
  return whole
}

const columnOf = ({ columns }: Source, kind: Kind): string => columns[kind][draw(columns[kind].length)] ?? 'null'

const value = (from: Source, kind: Kind, depth: number): string => {
  const some = (of: Kind): string => value(from, of, depth - 1)
  if (depth <= 0 || draw(3) === 0) return columnOf(from, kind)
  switch (kind) {
    case 'n': return pick(() => `(${some('n')} ${pick('+', '-', '*')} ${some('n')})`, () => `len(${some('s')})`, () => `coalesce(${some('n')}, 1)`, () => `case when ${condition(from, depth - 1)} then ${some('n')} else 3 end`, () => `datetimepart('yy', ${some('at')})`)()
    case 'd': return pick(() => `(${some('d')} * ${some('n')})`, () => `coalesce(${some('d')}, ${some('d')})`, () => `(${some('d')} - ${some('d')})`)()
    case 's': return pick(() => `upper(${some('s')})`, () => `(${some('s')} || ${some('s')})`, () => `cast(${some('n')} as string)`, () => `cast(${some('at')} as string)`)()
    case 'at': return pick(() => `datetimeadd('d', 1, ${some('at')})`, () => `coalesce(${some('at')}, ${some('at')})`)()
    case 'ok': return condition(from, depth - 1)
    default: return columnOf(from, kind)
  }
}

const condition = (from: Source, depth: number): string => {
  const some = (of: Kind): string => value(from, of, depth - 1)
  if (depth <= 0) return `${columnOf(from, 'n')} ${pick('=', '<', '>=', '!=')} ${draw(10)}`
  return pick(
    () => `${some('n')} ${pick('=', '<', '>=', '!=')} ${some(pick<Kind>('n', 'd'))}`, () => `${some('s')} = ${some('s')}`, () => `${some('at')} < ${some('at')}`, () => `(${condition(from, depth - 1)} ${pick('and', 'or')} ${condition(from, depth - 1)})`,
    () => `${some('n')} in (1, 2, 3)`, () => `${some('s')} like '%x%'`, () => `${some(pick(...kinds))} is ${pick('', 'not ')}null`, () => `setcontains(${some('tags')}, ${some('s')})`, () => `setcontainsany(${some('ids')}, [1, 7])`,
    () => `${some('tags')} = ${some('tags')}`, () => `${some('n')} in (select n from ${pick('a', 'b')})`, () => `${some('s')} in (select s from b)`, () => `exists (select 1 from b w where w.n = ${some('n')})`, () => `${some('n')} > (select max(n) from b where n < 3)`,
  )()
}

/** A query with a column of each kind, each under its name. */
const query = (depth: number): string => {
  const from = source(depth)
  const where = draw(2) === 0 ? ` where ${condition(from, 2)}` : ''
  const items = kinds.map((kind) => `${value(from, kind, draw(3))} as ${kind}`).join(', ')
  const one = `select ${draw(4) === 0 ? 'distinct ' : ''}${items} from ${from.text}${where}`
  return draw(5) === 0 && depth > 0 ? `${one} union ${pick('', 'all ')}${query(depth - 1)}` : `${one}${pick('', '', ' order by n', ' order by s desc limit 7')}`
}

const grouped = (): string => {
  const from = source(1)
  const key = columnOf(from, pick(...kinds))
  const aggregate = pick(`sum(${value(from, 'n', 1)})`, `avg(${columnOf(from, 'd')})`, `count(distinct ${columnOf(from, 's')})`, `count(${columnOf(from, 'at')})`)
  return `select ${key} as g, count(*) as c, ${aggregate} as h from ${from.text}${draw(2) === 0 ? ` where ${condition(from, 1)}` : ''} group by ${key}${draw(3) === 0 ? ' having count(*) > 1' : ''}`
}

interface Said { readonly data?: readonly (readonly unknown[])[]; readonly code?: string; readonly message?: string }

/** What values may be refused for, and nothing else. */
const ofValues = /out of range|divisor is equal to zero|pairs of rows|statement is too large/

describe('queries of any shape', () => {
  it(`are answered, ${many} of them at random, and have as many rows inside of others`, () => {
    let answered = 0
    for (let at = 0; at < many; at += 1) {
      const text = draw(4) === 0 ? grouped() : query(2)
      const said = asked.sql(text) as Said
      if (said.data === undefined) {
        expect({ text, said }).toEqual({ text, said: { code: 'EngineRejectedQuery', message: expect.stringMatching(ofValues) } })
        continue
      }
      answered += 1
      expect({ text, inside: asked.sql(`select count(*) from (${text}) inside`) }).toMatchObject({ text, inside: { data: [[said.data.length]] } })
    }
    expect(answered).toBeGreaterThan(many * 0.8)
  })
})
