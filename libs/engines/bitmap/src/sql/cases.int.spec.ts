import { originalCases } from '@tenantry/testing'
import { Asked, makeRoot } from '../testing/database.js'
import { answeredLines, wantedLines } from '../testing/sql-cases.js'

interface Case {
  readonly group: string
  readonly order: number
  readonly case: string | null
  readonly setup_table?: { readonly create_sql: string | null; readonly insert_sql: string | null } | null
  readonly sql: readonly string[] | null
  readonly pql?: readonly string[]
  readonly table?: string
  readonly expected_headers: readonly { readonly name: string }[] | null
  readonly expected_rows: readonly (readonly unknown[])[] | null
  readonly expected_error: string | null
  readonly expected_row_count: number | null
  readonly compare: string
  readonly wire: readonly { readonly error?: string; readonly schema?: { readonly fields: unknown }; readonly warnings?: readonly string[] }[] | null
}

/** What the original breaks on, and this engine answers. */
const brokenThere = new Set(['orderByTests/order-by-stringset', 'orderByTests/order-by-idset'])

const { cases, isThere, unless } = originalCases<Case>('featurebase-sql.json')

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

interface Answered { readonly fields: readonly { readonly name: string }[]; readonly data: readonly (readonly unknown[])[] }

const set = cases.flatMap((one, order) => [
  ...(one.setup_table?.create_sql ? [{ one, order, text: one.setup_table.create_sql, at: undefined }] : []),
  ...(one.setup_table?.insert_sql ? [{ one, order, text: one.setup_table.insert_sql, at: undefined }] : []),
  ...(brokenThere.has(`${one.group}/${one.case}`) ? [] : one.sql ?? []).map((text, at) => ({ one, order, text, at })),
])

describe('FeatureBase’s cases of SQL, in one database', () => {
  if (!isThere) it.skip(`hold${unless}`, () => undefined) // the cases are not in the repository: CASES_DIR names their folder
  else {
    it.each(set.map((each) => [`${each.one.group}/${each.one.case ?? ''} ${each.at ?? 'set-up'}: ${each.text.replaceAll(/\s+/g, ' ').slice(0, 120)}`, each] as const))('%s', (_name, { one, text, at }) => {
      const said = asked.sql(text)
      if (at === undefined) return expect(said).toHaveProperty('fields')
      const wire = one.wire?.[at]
      if (one.expected_error !== null && one.expected_error !== '') {
        expect(said).toMatchObject({ code: 'EngineRejectedQuery', message: wire?.error ?? expect.stringContaining(one.expected_error) })
        return
      }
      expect(said).toMatchObject({ fields: expect.any(Array) as unknown })
      const answered = said as Answered
      expect(answered.fields).toEqual(wire?.schema?.fields)
      if (one.compare === 'comparePartial') return
      const [rows, wanted] = [answeredLines(one, answered.fields, answered.data), wantedLines(one)]
      if (one.compare === 'includedIn') {
        expect(wanted).toEqual(expect.arrayContaining([...rows]))
        expect(rows).toHaveLength(one.expected_row_count ?? rows.length)
      } else expect(rows).toEqual(wanted)
    })
  }
})
