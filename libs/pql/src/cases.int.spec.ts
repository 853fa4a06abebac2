import { drawFrom, originalCases } from '@tenantry/testing'
import { parsePql, PqlError, printPql } from './index.js'

interface Case {
  readonly name: string
  readonly sets: readonly { readonly pql: string }[]
  readonly query: string
  readonly expect: { readonly error?: string }
}

const { cases, isThere, unless } = originalCases<Case>('pql.json')
const whenThere = isThere ? it : it.skip
const mutations = process.env['TEST_LONG'] === '1' ? 10_000 : 1_000

const prefix = 'parsing: '
const refusalOf = (text: string): string | undefined => {
  try {
    expect(printPql(parsePql(printPql(parsePql(text))))).toBe(printPql(parsePql(text)))
    return undefined
  } catch (error) {
    if (error instanceof PqlError) return prefix + error.message
    throw new Error(`${text} failed the parser.`, { cause: error })
  }
}

describe('the cases of FeatureBase', () => {
  whenThere(`are taken, or refused with the very text that it has where parsing refuses${unless}`, () => {
    expect(cases.length).toBeGreaterThan(200)
    const wanted = cases.map(({ name, expect: { error } }) => [name, error?.startsWith(prefix) ? error : undefined])
    expect(cases.map(({ name, query }) => [name, refusalOf(query)])).toEqual(wanted)
  })

  whenThere(`are taken where they put in what is asked for later${unless}`, () => {
    const isQueried = new Set(cases.map(({ query }) => query))
    const puts = cases.flatMap(({ sets }) => sets.map(({ pql }) => pql)).filter((text) => !isQueried.has(text))
    expect(puts.filter((text) => refusalOf(text) !== undefined)).toEqual([])
  })

  whenThere(`are taken or refused, never more than that, after ${mutations} mutations${unless}`, () => {
    const below = drawFrom(23)
    const texts = cases.map(({ query }) => query)
    for (let count = 0; count < mutations; count += 1) {
      const text = texts[below(texts.length)] ?? ''
      const other = texts[below(texts.length)] ?? ''
      const [at, from] = [below(text.length + 1), below(other.length + 1)]
      refusalOf(text.slice(0, at) + other.slice(from, from + below(8)) + text.slice(at + below(4)))
    }
  })
})
