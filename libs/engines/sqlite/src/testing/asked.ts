import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Answer, type EmbeddedDatabase, graphqlLimits } from '@tenantry/engines-contract'
import { type ApiAccess, SqlFault, apiOf, sqlite } from '@tenantry/graphql-sql'
import { connect, disconnect } from '../connection.js'
import { sqliteDriver } from '../driver.js'
import { SqliteCatalogue } from '../graphql/catalogue.js'
import { SqliteRunner } from '../graphql/runner.js'

const storage = { storageBytes: 64_000_000 }
export const limits = { seconds: 10, answerBytes: 16_000_000, answerRows: 10_000 }

export interface Said {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions?: { readonly code?: string } }[]
}

/** Databases of one test file, in a folder of their own. */
export class Databases {
  private readonly root = mkdtempSync(path.join(os.tmpdir(), 'graphql-'))
  private readonly opened: EmbeddedDatabase[] = []
  private count = 0

  /** A database where `statements` have been run; `name` is its folder's. */
  make(statements: readonly string[], name = 'DB'): AskedDatabase {
    this.count += 1
    const folder = path.join(this.root, String(this.count), name, '1')
    mkdirSync(path.dirname(folder), { recursive: true })
    sqliteDriver.makeTemplate(folder)
    const database = sqliteDriver.open(folder, storage)
    this.opened.push(database)
    const asked = new AskedDatabase(database, folder)
    for (const statement of statements) asked.sql(statement)
    return asked
  }

  remove(): void {
    for (const database of this.opened) database.close()
    rmSync(this.root, { recursive: true, force: true })
  }
}

export class AskedDatabase {
  constructor(readonly database: EmbeddedDatabase, private readonly folder: string) {}

  sql(text: string): readonly unknown[] {
    return JSON.parse(this.database.run({ text, access: 'write', language: 'sql', limits }, storage).data.toString()) as readonly unknown[]
  }

  /** Runs a script of many statements on a connection of its own; the database is opened again after it. */
  raw(script: string): void {
    this.database.close()
    const database = new DatabaseSync(path.join(this.folder, 'main.db'))
    try {
      database.exec(script)
    } finally {
      database.close()
    }
  }

  answer(query: string, variables?: unknown, access: 'read' | 'write' = 'write'): Answer {
    return this.database.run({ text: JSON.stringify({ query, variables }), access, language: 'graphql', limits }, storage)
  }

  text(query: string, variables?: unknown): string {
    return this.answer(query, variables).data.toString()
  }

  ask(query: string, variables?: unknown, access: 'read' | 'write' = 'write'): Said {
    return JSON.parse(this.answer(query, variables, access).data.toString()) as Said
  }

  data(query: string, variables?: unknown): unknown {
    const { data, errors } = this.ask(query, variables)
    expect(errors).toBeUndefined()
    return data
  }

  /** The same for a token of AirGQL's that the engine has no word for: one that only writes, or only inserts. */
  askAs(access: ApiAccess, query: string, variables?: unknown): Said {
    const connection = connect(this.folder, 'write')
    try {
      const api = apiOf(new SqliteCatalogue(connection), { dialect: sqlite(() => '/'), access, limits: graphqlLimits })
      const runner = new SqliteRunner(connection, limits, (work) => work(), SqlFault)
      return JSON.parse(api.prepare(query).run(variables, runner).text) as Said
    } finally {
      disconnect(connection)
    }
  }
}

/** A script as the statements that stand in it: each ends with a semicolon at the end of a line, a trigger with END. */
export const statementsIn = (script: string): readonly string[] => {
  const found: string[] = []
  let held = ''
  for (const line of script.split('\n')) {
    held += `${line}\n`
    const isTrigger = /^\s*create\s+(temp\s+)?trigger/i.test(held.trimStart())
    if (!(isTrigger ? /\bend\s*;\s*$/i : /;\s*$/).test(line)) continue
    found.push(held.trim().replace(/;$/, ''))
    held = ''
  }
  return [...found, held.trim()].filter((statement) => statement !== '')
}
