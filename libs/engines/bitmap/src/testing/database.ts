import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { EmbeddedAsk } from '@tenantry/engines-contract'
import { BitmapDatabase } from '../database.js'
import { bitmapDriver } from '../driver.js'
import { type SpaceRules, usualRules } from '../space.js'

const storage = { storageBytes: 1e9 }
const limits = { seconds: 0, answerBytes: 10e6, answerRows: 100_000 }

/** A folder for databases of tests; `remove` ends it. */
export const makeRoot = (): { readonly fresh: () => string; readonly remove: () => void } => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'bitmap-engine-'))
  const template = path.join(root, 'template')
  bitmapDriver.makeTemplate(template)
  let made = 0
  return {
    fresh: () => {
      const folder = path.join(root, `database-${made++}`)
      cpSync(template, folder, { recursive: true })
      return folder
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** One database and short ways to ask it. What is refused is answered as `{ code, message }`. */
export class Asked {
  private readonly database: BitmapDatabase
  private isClosed = false

  constructor(readonly folder: string, readonly rules: Partial<SpaceRules> = {}) {
    this.database = new BitmapDatabase(folder, { ...usualRules, ...rules })
  }

  ask(ask: Partial<EmbeddedAsk> & Pick<EmbeddedAsk, 'text'>, storageBytes = storage.storageBytes): unknown {
    try {
      return JSON.parse(this.database.run({ language: 'pql', access: 'write', limits, ...ask }, { storageBytes }).data.toString())
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error
      return { code: error.code, message: error.message }
    }
  }

  pql(table: string, text: string): unknown {
    return this.ask({ text: `[${table}]${text}` })
  }

  /** The answer to a statement: its columns, its rows and what it warns of. */
  sql(text: string, more: Partial<EmbeddedAsk> = {}): unknown {
    try {
      const { fields, data, warnings, plan } = this.database.run({ language: 'sql', access: 'write', limits, text, ...more }, storage)
      const read = (bytes: Buffer): unknown => JSON.parse(bytes.toString())
      return { fields: read(fields), data: read(data), ...(warnings && { warnings: read(warnings) }), ...(plan && { plan: read(plan) }) }
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error
      return { code: error.code, message: error.message }
    }
  }

  /** The answer as it is sent, with every digit; of what is refused, the code. */
  text(table: string, text: string): string {
    try {
      return this.database.run({ language: 'pql', access: 'write', limits, text: `[${table}]${text}` }, storage).data.toString()
    } catch (error) {
      if (!(error instanceof EngineRefusal) || error.code === 'InternalError') throw error
      return error.code
    }
  }

  differences(): readonly string[] {
    return this.database.differences()
  }

  schema(schema?: unknown): unknown {
    return this.ask({ language: 'schema', text: schema === undefined ? '' : JSON.stringify(schema) })
  }

  /** The files as they are now in a folder of their own: what somebody finds when this process is killed. */
  copy(folder: string): string {
    cpSync(this.folder, folder, { recursive: true, force: true })
    return folder
  }

  /** Closing it twice is once. */
  close(): void {
    if (!this.isClosed) this.database.close()
    this.isClosed = true
  }
}
