import type { DatabaseSync } from 'node:sqlite'
import { BitmapError } from '@tenantry/bitmaps'
import type { DatabaseLimits } from '@tenantry/contracts'
import { EngineRefusal, languageNames } from '@tenantry/engines-contract'
import type { Answer, EmbeddedAsk, EmbeddedDatabase, KnownStatement } from '@tenantry/engines-contract'
import { closeFile, limitStorage, openFile, refusalOf } from '@tenantry/engines-files'
import type { Query } from '@tenantry/pql'
import { type Asked, AskedTexts } from './asked.js'
import { Imports } from './import/imports.js'
import { tableOf } from './pql/at.js'
import { tooLarge } from './pql/json.js'
import { NoSuchTable, Refused, TooManyWrites, doing } from './pql/refused.js'
import { rowOfCall } from './pql/rows.js'
import { results } from './pql/run.js'
import { applySchema, printSchema } from './schema.js'
import { Space, type SpaceRules, usualRules } from './space.js'
import type { SqlAnswer } from './sql/answer.js'
import { Sql } from './sql/sql.js'
import type { SqlText } from './sql/texts.js'
import { upgrade } from './store/upgrade.js'

const cacheKib = 8_192
/** No value that a query makes may be longer: hundreds of long texts can be put together in one. */
const longestValueBytes = 64_000_000
const mostWrites = 5_000
const quickMicros = 250
const none = Buffer.alloc(0)

/** One open database of bitmaps. */
export class BitmapDatabase implements EmbeddedDatabase {
  private readonly file: DatabaseSync
  private readonly space: Space
  private readonly texts = new AskedTexts()
  private readonly imports: Imports
  private readonly sql: Sql
  private storageBytes = 0

  constructor(folder: string, private readonly rules: SpaceRules = usualRules) {
    this.file = opened(folder)
    this.space = new Space(this.file, rules, () => openFile(folder, { access: 'read', cacheKib, limits: { length: longestValueBytes } }))
    this.sql = new Sql(this.space)
    this.imports = new Imports(this.space, () => this.saveWhenDue())
  }

  get busy(): boolean {
    return this.imports.running
  }

  giveUp(): void {
    this.imports.takeBack()
  }

  known(ask: EmbeddedAsk): KnownStatement | undefined {
    return this.asked(ask)
  }

  run(ask: EmbeddedAsk, limits: DatabaseLimits): Answer {
    const began = performance.now()
    try {
      this.limit(limits.storageBytes)
      const answer = this.withRoom(() => this.speak(ask))
      const micros = Math.floor((performance.now() - began) * 1_000)
      const asked = this.asked(ask)
      if (asked) asked.quick = asked.reads && micros < quickMicros
      return { ...answer, micros }
    } catch (error) {
      throw refusal(error)
    }
  }

  /** The bitmaps are saved with it, as far as there is time, so that the next one who opens it has little to make anew. */
  close(): void {
    try {
      this.imports.takeBack()
      this.trySaving(() => this.space.save(this.rules.closingMs))
    } finally {
      this.space.close()
      closeFile(this.file)
    }
  }

  /** In what the bitmaps differ from those that the rows alone make, in words: nothing, unless this engine has a fault. */
  differences(): readonly string[] {
    return this.space.differences()
  }

  /** When the bitmaps that were asked for before leave no room, they are let go of, and `work` is done once more. */
  private withRoom<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (isKnown(error)) throw error
      this.space.forget()
      if (!isMemoryFull(error)) throw error
    }
    try {
      return work()
    } catch (error) {
      if (!isKnown(error)) this.space.forget()
      throw error
    }
  }

  private saveWhenDue(): void {
    this.trySaving(() => {
      if (this.space.isDue()) this.space.saveAWhile()
    })
  }

  /** What is not saved now is made anew from the rows: a write that is kept is answered, whether or not there is room for its bitmaps. */
  private trySaving(save: () => void): void {
    try {
      save()
    } catch (error) {
      if (!isOfMachine(error)) throw error
      this.space.postpone()
    }
  }

  private asked({ language, text }: EmbeddedAsk): Asked | SqlText | undefined {
    return language === 'pql' ? this.texts.peek(text) : language === 'sql' ? this.sql.peek(text) : undefined
  }

  private speak(ask: EmbeddedAsk): Spoken {
    switch (ask.language) {
      case 'sql': return this.speakSql(ask)
      case 'pql': return plain(this.answer(ask))
      case 'schema': return plain(this.schema(ask))
      case 'import': return plain(this.import(ask))
      case 'graphql':
      case 'changes': throw new EngineRefusal('LanguageNotSupported', `This database does not speak ${languageNames[ask.language]}.`)
    }
  }

  private speakSql(ask: EmbeddedAsk): Spoken {
    const read = this.sql.read(ask.text)
    if (!read.reads && ask.access !== 'write') throw mayOnlyRead()
    const run = this.sql.prepare(read, ask)
    if (read.reads) return spoken(run())
    this.imports.refuseOtherChanges()
    const answer = this.space.change(run)
    this.saveWhenDue()
    return spoken(answer)
  }

  private schema({ text, access }: EmbeddedAsk): Buffer {
    if (text !== '') {
      if (access !== 'write') throw mayOnlyRead()
      this.imports.refuseOtherChanges()
      this.space.change(() => applySchema(this.space, text))
    }
    return Buffer.from(printSchema(this.space))
  }

  private import(ask: EmbeddedAsk): Buffer {
    if (ask.access !== 'write') throw mayOnlyRead()
    return this.imports.speak(ask)
  }

  private answer({ text, access, limits: { answerBytes } }: EmbeddedAsk): Buffer {
    const { query, table, reads, writes } = this.texts.get(text)
    if (writes > mostWrites) throw new TooManyWrites('too many write commands')
    if (table === undefined) throw new EngineRefusal('EngineRejectedQuery', 'Name the table before the query, as in [table]Count(All()), or with ?table=.')
    const run = (): Buffer => this.runAll(query, table, answerBytes)
    if (reads) return run()
    if (access !== 'write') throw mayOnlyRead()
    this.imports.refuseOtherChanges()
    const { written, failed } = this.space.change(() => partly(run))
    this.saveWhenDue()
    if (failed !== undefined) throw failed
    return written
  }

  private runAll(query: Query, table: string, answerBytes: number): Buffer {
    const here = { space: this.space, data: doing('executing', () => tableOf(this.space, table)), answerBytes, row: rowOfCall }
    if (query.calls.length === 0) return Buffer.from('null')
    const parts: string[] = []
    let bytes = 2
    for (const part of results(query, here)) {
      bytes += part.length + 1
      if (bytes > answerBytes) throw tooLarge(answerBytes)
      parts.push(part)
    }
    return Buffer.from(`[${parts.join(',')}]`)
  }

  private limit(storageBytes: number): void {
    if (this.storageBytes === storageBytes) return
    limitStorage(this.file, storageBytes)
    this.storageBytes = storageBytes
  }
}

type Spoken = Omit<Answer, 'micros'>

const plain = (data: Buffer): Spoken => ({ fields: none, data, rows: 0 })

const spoken = ({ fields, data, rows, warnings, plan }: SqlAnswer): Spoken => ({
  fields, data, rows, ...(warnings && { warnings: Buffer.from(JSON.stringify(warnings)) }), ...(plan !== undefined && { plan: Buffer.from(JSON.stringify(plan)) }),
})

/** What was written before a call that is refused stays: the refusal is kept until it is. */
const partly = (run: () => Buffer): { readonly written: Buffer; readonly failed?: Refused } => {
  try {
    return { written: run() }
  } catch (error) {
    if (error instanceof Refused) return { written: none, failed: error }
    throw error
  }
}

/** What is refused for what it asks, and leaves everything as it should be. */
const isKnown = (error: unknown): boolean => error instanceof Refused || error instanceof EngineRefusal

const isMemoryFull = (error: unknown): error is BitmapError => error instanceof BitmapError && error.code === 'MemoryFull'

const isOfMachine = (error: unknown): boolean => isMemoryFull(error) || ['StorageFull', 'EngineUnavailable'].includes(refusalOf(error).code)

const mayOnlyRead = (): EngineRefusal => new EngineRefusal('Forbidden', 'You may only read here; ask one of the owners of the org for the right data:write.')

const opened = (folder: string): DatabaseSync => {
  try {
    const file = openFile(folder, { access: 'write', cacheKib })
    try {
      upgrade(file)
      return file
    } catch (error) {
      closeFile(file)
      throw error
    }
  } catch (error) {
    throw refusalOf(error)
  }
}

const refusal = (error: unknown): EngineRefusal => {
  if (error instanceof NoSuchTable) return new EngineRefusal('TableNotFound', error.message, { cause: error })
  if (error instanceof TooManyWrites) return new EngineRefusal('RequestTooLarge', error.message, { cause: error })
  if (error instanceof Refused) return new EngineRefusal('EngineRejectedQuery', error.message, { cause: error })
  if (isMemoryFull(error)) {
    return new EngineRefusal('EngineRejectedQuery', 'The query needs more memory than the bitmaps of one database may have; ask for less at a time.', { cause: error })
  }
  return refusalOf(error)
}
