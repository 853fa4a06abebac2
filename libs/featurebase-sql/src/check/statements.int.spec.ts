import { originalCases } from '@tenantry/testing'
import { checkSql, type Column, parseSql, simple, type SqlCatalogue, SqlError, type TableEntry, type TypedStatement } from '../index.js'

interface Case {
  readonly setup_table: { readonly create_sql?: string; readonly insert_sql?: string } | null
  readonly sql: readonly string[] | null
  readonly wire: readonly { readonly error?: string }[] | null
}

const { cases, isThere, unless } = originalCases<Case>('featurebase-sql.json')
const whenThere = isThere ? it : it.skip

/** Tables as far as the checker asks for them: they follow the statements that make and change them. */
const fakeDatabase = (): { readonly run: (text: string) => string | undefined } => {
  const tables = new Map<string, TableEntry>()
  const catalogue: SqlCatalogue = { find: (name) => tables.get(name) }
  const put = (name: string, columns: readonly Column[]): void => { tables.set(name, { kind: 'table', name, columns }) }
  const follow = (typed: TypedStatement): void => {
    if (typed.kind === 'create table') put(typed.name, [{ name: '_id', type: simple(typed.keyed ? 'string' : 'id') }, ...typed.columns.map(({ name, type }) => ({ name, type }))])
    if (typed.kind === 'add column') put(typed.table, [...tables.get(typed.table)?.columns ?? [], typed.column])
    if (typed.kind === 'copy') put(typed.to, tables.get(typed.from)?.columns ?? [])
    if (typed.kind === 'drop table') tables.delete(typed.name)
  }
  return {
    run: (text) => {
      try {
        for (const statement of parseSql(text).slice(0, 1)) follow(checkSql(statement, catalogue))
        return undefined
      } catch (error) {
        if (error instanceof SqlError) return error.message
        throw new Error(`${text} failed the checker.`, { cause: error })
      }
    },
  }
}

/** Said of a value that only running brings, or of how a column is kept. */
const saidWhenItRuns = /^(?:creating field|\[0:0\] (?:inserting|value|invalid value|not a valid datetimepart|divisor))|^internal error/

describe('the statements of FeatureBase that are no queries', () => {
  whenThere(`are taken, or refused with its very text${unless}`, () => {
    const { run } = fakeDatabase()
    const said: (readonly [string, string | undefined])[] = []
    const wanted: typeof said = []
    for (const { setup_table: table, sql, wire } of cases) {
      for (const text of [table?.create_sql ?? '', table?.insert_sql ?? ''].filter((each) => each !== '')) expect([text, run(text)]).toEqual([text, undefined])
      for (const [at, text] of (sql ?? []).entries()) {
        if (/^\s*select/i.test(text)) continue
        const error = wire?.[at]?.error
        said.push([text, run(text)])
        wanted.push([text, error !== undefined && saidWhenItRuns.test(error) ? undefined : error])
      }
    }
    expect(said.length).toBeGreaterThan(20)
    expect(said).toEqual(wanted)
  })
})
