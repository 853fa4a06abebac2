import { originalCases } from '@tenantry/testing'
import { Asked, makeRoot } from './testing/database.js'

interface Case {
  readonly name: string
  readonly schema: readonly unknown[]
  readonly sets: readonly { readonly index: string; readonly pql: string }[]
  readonly index: string
  readonly query: string
  readonly expect: { readonly error?: string; readonly results?: unknown }
  readonly compare: string
}

const { cases, isThere } = originalCases<Case>('pql.json')

const root = makeRoot()
afterAll(() => root.remove())

const inOrder = (value: unknown): string => JSON.stringify(value)

/** A value with its lists in an order that does not depend on theirs. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unordered).sort((one, other) => inOrder(one) < inOrder(other) ? -1 : 1)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unordered(one)]))
}

const compared = (one: Case, value: unknown): unknown => one.compare === 'exact' ? value : unordered(value)

/** What a case says that is answered: of a refusal, its text. */
const wanted = (one: Case): unknown => compared(one, 'error' in one.expect ? one.expect.error : one.expect.results)

const given = (one: Case): unknown => {
  const database = new Asked(root.fresh())
  try {
    database.schema({ indexes: one.schema })
    // Some of what comes before a case is itself refused, as cases before it are.
    for (const { index, pql } of one.sets) database.pql(index, pql)
    const answer = database.pql(one.index, one.query)
    return compared(one, answer !== null && typeof answer === 'object' && 'message' in answer ? answer.message : answer)
  } finally {
    database.close()
  }
}

describe('the cases of FeatureBase', () => {
  if (!isThere) it.skip('are answered as by the original (skipped: no pql.json in CASES_DIR)', () => undefined)
  else {
    it.each(cases.map((one) => [one.name, one] as const))('%s is answered as by the original', (_name, one) => {
      expect(given(one)).toEqual(wanted(one))
    })
  }
})
