import { type Value, readDecimal, readTime, rescale } from '@tenantry/featurebase-sql'
import { originalCases } from '@tenantry/testing'
import { makeRoot } from '../../testing/database.js'
import { type Answered, SqlAsked } from '../../testing/sql.js'
import { answeredLines, tagged, wantedLines } from '../../testing/sql-cases.js'

interface Case {
  readonly group: string
  readonly order: number
  readonly case: string
  readonly setup_table?: { readonly name: string; readonly columns: readonly { readonly name: string; readonly type: string; readonly options: string }[]; readonly row_sets: readonly (readonly (readonly unknown[])[])[] | null } | null
  readonly sql: readonly string[] | null
  readonly expected_headers: readonly { readonly name: string }[] | null
  readonly expected_rows: readonly (readonly unknown[])[] | null
  readonly expected_error: string | null
  readonly expected_row_count: number | null
  readonly compare: string
  readonly wire: readonly { readonly schema?: { readonly fields: Answered['fields'] }; readonly error?: string }[] | null
}

const { cases, isThere, unless } = originalCases<Case>('featurebase-sql.json')

const root = makeRoot()
const asked = new SqlAsked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

/** A value of the cases as the database has it. */
const valueOf = (value: unknown, type: string): Value => {
  const { $ts, $dec } = tagged(value)
  if (value === null || value === undefined) return null
  if ($ts !== undefined || type === 'timestamp') return readTime($ts ?? String(value)) ?? null
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1]
  if (scale !== undefined) {
    const read = readDecimal($dec ?? String(value))
    return read ? rescale(read.unscaled, read.scale, Number(scale)) : null
  }
  if (Array.isArray(value)) return value.every((member) => typeof member === 'number') ? value.map(BigInt) : value.map(String)
  return typeof value === 'number' ? BigInt(value) : typeof value === 'boolean' ? value : String(value)
}

const boundsIn = (options: string): Record<string, number | string> => Object.fromEntries([...options.matchAll(/(min|max|timeunit) '?(-?\w+)'?/gi)]
  .map(([, name = '', value = '']) => name.toLowerCase() === 'timeunit' ? ['timeUnit', value] : [name.toLowerCase(), Number(value)]))

const setUp = ({ setup_table: table }: Case): void => {
  if (!table) return
  const name = table.name.toLowerCase()
  if (asked.space.catalogue.find(name)) return
  const types = Object.fromEntries(table.columns.map((column) => [column.name.toLowerCase(), column.type]))
  const rows = (table.row_sets?.[0] ?? []).map((row) => row.map((value, at) => valueOf(value, table.columns[at]?.type ?? '')))
  asked.table(name, types, rows, Object.fromEntries(table.columns.map((column) => [column.name.toLowerCase(), boundsIn(column.options)])))
}

// Tables that statements of the cases themselves make or fill are not here.
const madeByStatements = /inserttimestamptest|testtimestampliterals|singleboolfield|bulktest|from copytesttwo/i

/** But for the two that order by a set, which is answered here. */
const refusals = cases.flatMap((one) => (one.sql ?? []).map((text, at) => ({ text, error: one.wire?.[at]?.error ?? '' })))
  .filter(({ text, error }) => /^\s*select/i.test(text) && error !== '' && !error.includes('unable to sort a column') && !madeByStatements.test(text))

const selects = cases.flatMap((one) => (one.sql ?? []).map((text, at) => ({ one, text, at }))
  .filter(({ text }) => one.expected_error === null && /^\s*select/i.test(text) && !madeByStatements.test(text) && one.compare !== 'comparePartial'))

describe('the queries of FeatureBase’s cases', () => {
  if (!isThere) it.skip(`are answered as by the original${unless}`, () => undefined) // the cases are not in the repository: CASES_DIR names their folder
  else {
    beforeAll(() => cases.forEach(setUp))
    it.each(selects.map((each) => [`${each.one.group} ${each.one.case ?? ''}: ${each.text.replaceAll(/\s+/g, ' ').slice(0, 150)}`, each] as const))('%s', (_name, { one, text, at }) => {
      const answered = asked.ask(text)
      if (typeof answered === 'string') throw new Error(answered)
      if (one.compare === 'includedIn') {
        expect(wantedLines(one)).toEqual(expect.arrayContaining([...answeredLines(one, answered.fields, answered.rows)]))
        expect(answered.rows).toHaveLength(one.expected_row_count ?? 0)
      } else expect(answeredLines(one, answered.fields, answered.rows)).toEqual(wantedLines(one))
      expect(answered.fields).toEqual(one.wire?.[at]?.schema?.fields)
    })
    it.each(selects.map(({ text }) => [text.replaceAll(/\s+/g, ' ').slice(0, 150), text.trim().replace(/;$/, '')] as const))('are the same inside of others: %s', (_name, text) => {
      const count = asked.rows(text).length
      expect(asked.rows(`select count(*) from (${text}) inside`)).toEqual([[count]])
      expect(asked.rows(`with w as (${text}) select * from w`)).toHaveLength(count)
      expect(asked.rows(`select 1 where exists (${text})`)).toHaveLength(Math.min(count, 1))
      if (/\b(?:top|topn|limit|order by)\b/i.test(text)) return
      expect(asked.rows(`${text} union all ${text}`)).toHaveLength(count * 2)
      expect(asked.rows(`${text} limit 2 offset 1`)).toHaveLength(Math.max(0, Math.min(2, count - 1)))
    })
    it.each(refusals.map((each) => [each.text.replaceAll(/\s+/g, ' ').slice(0, 150), each] as const))('%s is refused', (_name, { text, error }) => {
      expect(asked.ask(text)).toBe(error)
    })
  }
})
