import { drawFrom, originalCases } from '@tenantry/testing'
import { type Column, parseSql, printType, type SqlCatalogue, SqlError, type Statement, type TableEntry, type TypedStatement } from '../index.js'
import { checkSql } from './check.js'
import { columnType } from './type-name.js'

interface Field {
  readonly name: string
  readonly type: string
}
interface Case {
  readonly setup_table: { readonly create_sql?: string } | null
  readonly sql: readonly string[] | null
  readonly wire: readonly { readonly error?: string; readonly schema?: { readonly fields: readonly Field[] }; readonly warnings?: readonly string[] }[] | null
}

const { cases, isThere, unless } = originalCases<Case>('featurebase-sql.json')
const whenThere = isThere ? it : it.skip

const changed = (columns: readonly Column[], change: Extract<Statement, { readonly kind: 'alter table' }>['change']): readonly Column[] =>
  change.kind === 'add' ? [...columns, { name: change.column.name.text, type: columnType(change.column.type) }]
    : columns.filter(({ name }) => change.kind !== 'drop' || name !== change.column.text)

/** A database as far as the checker asks for it: it follows the statements that make and change tables. */
const fakeDatabase = (): { readonly catalogue: SqlCatalogue; readonly follow: (text: string) => void } => {
  const tables = new Map<string, TableEntry>()
  const put = (name: string, columns: readonly Column[]): void => { tables.set(name, { kind: 'table', name, columns }) }
  return {
    catalogue: { find: (name) => tables.get(name) },
    follow: (text) => {
      const [statement] = parseSql(text)
      if (statement?.kind === 'create table') {
        put(statement.name.text.toLowerCase(), statement.columns.map(({ name, type }) => ({ name: name.text, type: columnType(type) })))
      }
      const altered = statement?.kind === 'alter table' ? tables.get(statement.name.text.toLowerCase()) : undefined
      if (statement?.kind === 'alter table' && altered) put(altered.name, changed(altered.columns, statement.change))
    },
  }
}

interface Said {
  readonly error?: string | undefined
  readonly fields?: readonly (readonly [string, string])[]
  readonly warnings?: readonly string[]
}

const presented = (typed: TypedStatement): Said => typed.kind !== 'query' ? {} : {
  fields: typed.query.columns.map(({ name, type }) => [name, printType(type)] as const), warnings: typed.warnings,
}

const isRead = (text: string): boolean => {
  try {
    return isQuery(text) && parseSql(text).length > 0
  } catch (error) {
    if (error instanceof SqlError) return false
    throw error
  }
}

const said = (text: string, catalogue: SqlCatalogue): Said => {
  const [statement] = parseSql(text)
  if (!statement) return {}
  try {
    return presented(checkSql(statement, catalogue))
  } catch (error) {
    if (error instanceof SqlError) return { error: error.message }
    throw new Error(`${text} failed the checker.`, { cause: error })
  }
}

const mutations = process.env['TEST_LONG'] === '1' ? 50_000 : 5_000

/** Statements that are right, and names and numbers of others in the place of theirs: most of them are still statements. */
const mutant = (texts: readonly string[]): () => string => {
  const below = drawFrom(23)
  const one = (): string => texts[below(texts.length)] ?? ''
  const wordsOf = (text: string): readonly string[] => text.match(/'[^']*'|[\w.]+|\s+|[^\w\s]+/g) ?? []
  return () => {
    const [words, others] = [[...wordsOf(one())], wordsOf(one())]
    for (let count = below(3); count >= 0; count -= 1) words[below(words.length)] = others[below(others.length)] ?? ''
    return words.join('')
  }
}

/** What the original breaks on, and is answered here. */
const brokenThere = 'unable to sort a column of type'

const isQuery = (text: string): boolean => /^\s*select/i.test(text)

/** The parser says where without brackets, and values are refused only when the statement runs. */
const isChecked = (error: string): boolean => error.startsWith('[')
const saidWhenItRuns = /^\[0:0\] (?:invalid value|value|not a valid datetimepart|divisor)/

const asked = (): readonly (readonly [string, Said, Said])[] => {
  const { catalogue, follow } = fakeDatabase()
  return cases.flatMap(({ setup_table: table, sql, wire }) => {
    if (table?.create_sql) follow(table.create_sql)
    return (sql ?? []).flatMap((text, at) => {
      const answer = wire?.[at]
      if (answer?.error === undefined) follow(text)
      if (!isQuery(text) || answer === undefined || answer.error?.includes(brokenThere) === true || answer.error !== undefined && !isChecked(answer.error)) return []
      const wanted: Said = answer.error !== undefined ? { error: answer.error }
        : { fields: (answer.schema?.fields ?? []).map(({ name, type }) => [name, type] as const), warnings: answer.warnings ?? [] }
      return [[text, wanted, said(text, catalogue)] as const]
    })
  })
}

describe('the queries of FeatureBase', () => {
  whenThere(`have its columns, its types and its warnings, or its very refusal${unless}`, () => {
    const all = asked().filter(([, { error }]) => error === undefined || !saidWhenItRuns.test(error))
    expect(all.length).toBeGreaterThan(1_000)
    expect(all.map(([text, , got]) => [text, got])).toEqual(all.map(([text, wanted]) => [text, wanted]))
  })

  whenThere(`are understood or refused, never more than that, after ${mutations} mutations${unless}`, () => {
    const { catalogue, follow } = fakeDatabase()
    for (const { setup_table: table } of cases) if (table?.create_sql) follow(table.create_sql)
    const next = mutant(cases.flatMap(({ sql }) => sql ?? []).filter(isQuery))
    const heard = { understood: 0, refused: 0, unread: 0 }
    for (let count = 0; count < mutations; count += 1) {
      const text = next()
      const read = isRead(text)
      heard[!read ? 'unread' : said(text, catalogue).error === undefined ? 'understood' : 'refused'] += 1
    }
    expect(Math.min(heard.understood, heard.refused)).toBeGreaterThan(mutations / 20)
  })
})
