import path from 'node:path'
import { EngineRefusal, graphqlAnswerTooLong, languageNames } from '@tenantry/engines-contract'
import type { Access, Answer, EmbeddedAsk, EmbeddedDatabase, KnownStatement } from '@tenantry/engines-contract'
import type { DatabaseLimits } from '@tenantry/contracts'
import { answerByRows, answerChange, answerRows, bound } from './answers.js'
import type { Rows } from './answers.js'
import { Changes } from './changes.js'
import { connect, disconnect, limitStorage } from './connection.js'
import type { Connection } from './connection.js'
import { SqliteGraphql } from './graphql/graphql.js'
import { refusalOf } from './problems.js'
import { Statements, prepare } from './statements.js'
import type { Prepared } from './statements.js'

const quickMicros = 250
const noFields = Buffer.from('[]')

interface Side {
  readonly connection: Connection
  readonly statements: Statements
}

/** One open database: a connection that may write and one that cannot, each opened when it is first needed. */
export class SqliteDatabase implements EmbeddedDatabase {
  private readonly sides: Partial<Record<Access, Side>> = {}
  private readonly graphql: SqliteGraphql
  private changes: Changes | undefined
  private storageBytes = 0

  constructor(private readonly folder: string) {
    this.graphql = new SqliteGraphql(fileAddresses(folder))
  }

  known({ access, language, text, plan }: EmbeddedAsk): KnownStatement | undefined {
    if (language === 'changes') return { reads: true, quick: true }
    if (language === 'graphql') return this.graphql.known(access, text)
    const prepared = plan === true || language !== 'sql' ? undefined : this.sides[access]?.statements.peek(text)
    return prepared && { reads: prepared.kind === 'rows', quick: prepared.quick }
  }

  run(ask: EmbeddedAsk, limits: DatabaseLimits): Answer {
    if (ask.language === 'graphql') return this.runGraphql(ask, limits)
    if (ask.language === 'changes') return this.tellChanges()
    if (ask.language !== 'sql') throw new EngineRefusal('LanguageNotSupported', `This database does not speak ${languageNames[ask.language]}.`)
    const began = performance.now()
    const side = this.side(ask.access)
    side.connection.gate.begin()
    try {
      if (ask.access === 'write') this.limit(side, limits.storageBytes)
      const plan = ask.plan === true ? this.planOf(side, ask) : undefined
      const rows = this.rowsOf(side, ask)
      const micros = Math.floor((performance.now() - began) * 1_000)
      const prepared = side.statements.peek(ask.text)
      if (prepared) prepared.quick = micros < quickMicros
      return { fields: rows.fields, data: rows.data, rows: rows.rows, micros, ...(plan && { plan }) }
    } catch (error) {
      side.statements.forget(ask.text)
      throw refusalOf(error, side.connection.gate.seen.deniedBecause)
    }
  }

  close(): void {
    this.graphql.close()
    for (const side of [this.sides.read, this.sides.write]) if (side) disconnect(side.connection)
    this.changes = undefined
    delete this.sides.read
    delete this.sides.write
  }

  private runGraphql(ask: EmbeddedAsk, limits: DatabaseLimits): Answer {
    const began = process.hrtime.bigint()
    const side = this.side(ask.access)
    try {
      if (ask.access === 'write') this.limit(side, limits.storageBytes)
      const { text, rows } = this.graphql.run(side.connection, ask, (work) => this.inTransaction(side, work))
      const data = Buffer.from(text)
      if (data.length > ask.limits.answerBytes) throw graphqlAnswerTooLong(ask.limits)
      return { fields: noFields, data, rows, micros: Number((process.hrtime.bigint() - began) / 1000n) }
    } catch (error) {
      throw refusalOf(error, side.connection.gate.seen.deniedBecause)
    }
  }

  private tellChanges(): Answer {
    const { connection } = this.side('read')
    try {
      this.changes ??= new Changes(connection)
      return this.changes.tell()
    } catch (error) {
      throw refusalOf(error)
    }
  }

  private rowsOf(side: Side, ask: EmbeddedAsk): Rows {
    const prepared = side.statements.get(ask.text, ask.limits.answerRows)
    side.connection.gate.begin()
    const params = (ask.params ?? []).map(bound)
    if (prepared.kind === 'rows') return answerRows(prepared, params, ask.limits)
    const rows = prepared.kind === 'change' || ask.access === 'read'
      ? answerChangeOrRows(prepared, params, ask)
      : this.inTransaction(side, () => answerByRows(prepared, params, ask.limits))
    if (prepared.changesSchema) this.forget()
    return rows
  }

  /** An answer that proves too large while it is made takes its changes with it. */
  private inTransaction<T>({ connection: { database, gate } }: Side, work: () => T): T {
    const trusted = (text: string): void => {
      gate.trusted = true
      try {
        database.exec(text)
      } finally {
        gate.trusted = false
      }
    }
    trusted('BEGIN IMMEDIATE')
    try {
      const result = work()
      trusted('COMMIT')
      return result
    } catch (error) {
      if (database.isTransaction) trusted('ROLLBACK')
      throw error
    }
  }

  private planOf({ connection }: Side, ask: EmbeddedAsk): Buffer {
    const explained = prepare(connection, `EXPLAIN QUERY PLAN ${ask.text}`, ask.limits.answerRows)
    explained.statement.setReturnArrays(false)
    explained.statement.setReadBigInts(false)
    const steps = explained.statement.all().map(({ id, parent, detail }) => ({ id, parent, detail }))
    return Buffer.from(JSON.stringify(steps))
  }

  private limit({ connection }: Side, storageBytes: number): void {
    if (this.storageBytes === storageBytes) return
    limitStorage(connection, storageBytes)
    this.storageBytes = storageBytes
  }

  private side(access: Access): Side {
    const known = this.sides[access]
    if (known) return known
    try {
      const connection = connect(this.folder, access)
      const side = { connection, statements: new Statements(connection) }
      this.sides[access] = side
      if (access === 'write') this.storageBytes = 0
      return side
    } catch (error) {
      throw refusalOf(error)
    }
  }

  /** A connection learns of a new schema when it runs a statement, not when it prepares one: the reader is made to run one. */
  private forget(): void {
    this.graphql.forget()
    for (const side of [this.sides.read, this.sides.write]) {
      if (side === undefined) continue
      side.statements.clear()
      side.connection.gate.trusted = true
      try {
        side.connection.database.exec('SELECT 1 FROM sqlite_schema LIMIT 1')
      } finally {
        side.connection.gate.trusted = false
      }
    }
  }
}

const answerChangeOrRows = (prepared: Prepared, params: Parameters<typeof answerChange>[1], ask: EmbeddedAsk): Rows =>
  prepared.kind === 'change' ? answerChange(prepared, params) : answerByRows(prepared, params, ask.limits)

/** Where the cells of a file column are, for whoever was told of them: below the name of the database's own folder. */
const fileAddresses = (folder: string) => (table: string, column: string): string =>
  `/readonly/${path.basename(path.dirname(folder))}/tables/${encodeURIComponent(table)}/columns/${encodeURIComponent(column)}/files/rowid/`
