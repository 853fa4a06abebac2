import { isDeepStrictEqual } from 'node:util'
import type { ApiAccess } from '@tenantry/graphql-sql'
import { originalCases } from '@tenantry/testing'
import { type AskedDatabase, Databases, type Said, statementsIn } from '../testing/asked.js'

interface Case {
  readonly name: string
  readonly setup_sql: string
  readonly query: string
  readonly variables?: unknown
  readonly access_mode?: ApiAccess
  readonly db_id?: string
  readonly expect_data?: unknown
  readonly expect_error_substring?: string
  readonly expect_response?: Said
  readonly list_order_ignored?: boolean
  readonly after?: readonly { readonly sql: string; readonly rows: readonly unknown[] }[]
}

interface File { readonly cases: readonly Case[]; readonly derived: readonly Case[] }
const { cases, isThere, unless } = originalCases<Case>('graphql.json', (json) => [...(json as File).cases, ...(json as File).derived])

/** What AirGQL refuses, and this API answers. */
const answeredHere: Readonly<Record<string, unknown>> = { 'two-operators-on-one-column': { t: [{ id: 1 }, { id: 2 }] } }

const databases = new Databases()
afterAll(() => databases.remove())

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const tidy = (value: unknown, anyOrder: boolean): unknown => {
  if (Array.isArray(value)) {
    const members = value.map((each) => tidy(each, anyOrder))
    return anyOrder ? members.sort((one, other) => JSON.stringify(one) < JSON.stringify(other) ? -1 : 1) : members
  }
  return isRecord(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, tidy(value[key], anyOrder)])) : value
}

/** Whether all that is wanted of a schema is there; there may be more. GraphQL's own types and the order of members are nobody's promise. */
const holds = (wanted: unknown, found: unknown): boolean => {
  if (Array.isArray(wanted)) {
    return Array.isArray(found) && wanted.every((each) => isRecord(each) && String(each['name']).startsWith('__') || found.some((one) => holds(each, one)))
  }
  return isRecord(wanted) ? isRecord(found) && Object.entries(wanted).every(([key, each]) => holds(each, found[key])) : isDeepStrictEqual(wanted, found)
}

const run = (database: AskedDatabase, { access_mode: access = 'read+write', query, variables }: Case): Said =>
  access === 'read+write' ? database.ask(query, variables) : database.askAs(access, query, variables)

describe('AirGQL’s cases of GraphQL, each in a database of its own', () => {
  if (!isThere) it.skip(`hold${unless}`, () => undefined) // the cases are not in the repository: CASES_DIR names their folder
  else {
    it.each(cases.map((each) => [each.name, each] as const))('%s', (name, one) => {
      const database = databases.make(statementsIn(one.setup_sql), one.db_id)
      const said = run(database, one)
      const wanted = answeredHere[name] ?? one.expect_data
      if (wanted === undefined) {
        expect(said.errors?.map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringContaining(one.expect_error_substring ?? '')]))
        expect(said).toHaveProperty('data')
        if (one.expect_response) expect(said.data).toEqual(one.expect_response.data)
      } else if (one.query.includes('__schema')) expect(holds(wanted, said.data)).toBe(true)
      else {
        expect(said.errors).toBeUndefined()
        expect(tidy(said.data, one.list_order_ignored === true)).toEqual(tidy(wanted, one.list_order_ignored === true))
      }
      for (const { sql, rows } of one.after ?? []) expect(database.sql(sql)).toEqual(rows)
    })
  }
})
