import { originalCases } from '@tenantry/testing'
import { parseSql, SqlError } from '../index.js'

interface Case {
  readonly setup_table: { readonly create_sql?: string; readonly insert_sql?: string } | null
  readonly sql: readonly string[] | null
  readonly wire: readonly { readonly error?: string }[] | null
}

const { cases, isThere, unless } = originalCases<Case>('featurebase-sql.json')
const whenThere = isThere ? it : it.skip

const refusalOf = (text: string): string | undefined => {
  try {
    parseSql(text)
    return undefined
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw new Error(`${text} failed the parser.`, { cause: error })
  }
}

/** The parser alone says where without brackets. */
const saidByParser = /^(?:EOF$|\d+(?::\d+)?: )/

describe('the statements of FeatureBase', () => {
  whenThere(`are taken, or refused with the very text that it has where parsing refuses${unless}`, () => {
    const asked = cases.flatMap(({ sql, wire }) => (sql ?? []).map((text, at) => [text, wire?.[at]?.error ?? ''] as const))
    expect(asked.length).toBeGreaterThan(1_000)
    const wanted = asked.map(([text, error]) => [text, saidByParser.test(error) ? error : undefined])
    expect(asked.map(([text]) => [text, refusalOf(text)])).toEqual(wanted)
  })

  whenThere(`are taken where they make the tables that are asked${unless}`, () => {
    const texts = cases.flatMap(({ setup_table: table }) => [table?.create_sql ?? '', table?.insert_sql ?? '']).filter((text) => text !== '')
    expect(texts.length).toBeGreaterThan(100)
    expect(texts.filter((text) => refusalOf(text) !== undefined)).toEqual([])
  })
})
