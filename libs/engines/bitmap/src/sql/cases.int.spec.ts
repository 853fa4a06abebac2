import { originalCases } from '@tenantry/testing'
import { Asked, makeRoot } from '../testing/database.js'

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

const tagged = (value: unknown): { readonly $ts?: string; readonly $dec?: string } => typeof value === 'object' && value !== null ? value : {}

/** A value as it is compared: decimals as numbers, times as moments, members of sets in any order. */
const plain = (value: unknown): string => {
  const { $ts, $dec } = tagged(value)
  if ($dec !== undefined) return String(Number($dec))
  const time = $ts ?? (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? value : undefined)
  if (time !== undefined) return new Date(time).toISOString()
  return Array.isArray(value) ? JSON.stringify(value.map(plain).sort()) : String(value)
}

const line = (row: readonly unknown[]): string => row.map(plain).join(' | ')

const rowsOf = ({ compare }: Case, rows: readonly (readonly unknown[])[]): readonly string[] => compare === 'exactOrdered' ? rows.map(line) : rows.map(line).sort()

interface Answered { readonly fields: readonly { readonly name: string }[]; readonly data: readonly (readonly unknown[])[] }

/** Rows with their columns in the order in which the case names them. */
const arranged = ({ expected_headers: headers }: Case, { fields, data }: Answered): readonly (readonly unknown[])[] => {
  const at = (headers ?? []).map(({ name }) => fields.findIndex((field) => field.name === name))
  const isTold = at.length > 0 && new Set(at).size === at.length && at.every((place) => place >= 0)
  return isTold ? data.map((row) => at.map((place) => row[place])) : data
}

const set = cases.flatMap((one, order) => [
  ...(one.setup_table?.create_sql ? [{ one, order, text: one.setup_table.create_sql, at: undefined }] : []),
  ...(one.setup_table?.insert_sql ? [{ one, order, text: one.setup_table.insert_sql, at: undefined }] : []),
  ...(brokenThere.has(`${one.group}/${one.case}`) ? [] : one.sql ?? []).map((text, at) => ({ one, order, text, at })),
])

describe('FeatureBase’s cases of SQL, in one database', () => {
  if (!isThere) it.skip(`hold${unless}`, () => undefined)
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
      const [rows, wanted] = [rowsOf(one, arranged(one, answered)), rowsOf(one, one.expected_rows ?? [])]
      if (one.compare === 'includedIn') {
        expect(wanted).toEqual(expect.arrayContaining([...rows]))
        expect(rows).toHaveLength(one.expected_row_count ?? rows.length)
      } else expect(rows).toEqual(wanted)
    })
  }
})
