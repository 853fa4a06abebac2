import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { EmbeddedAsk, EmbeddedDatabase } from '@tenantry/engines-contract'
import { bitmapDriver } from '../driver.js'

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
  private readonly database: EmbeddedDatabase

  constructor(readonly folder: string) {
    this.database = bitmapDriver.open(folder, storage)
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

  schema(schema?: unknown): unknown {
    return this.ask({ language: 'schema', text: schema === undefined ? '' : JSON.stringify(schema) })
  }

  close(): void {
    this.database.close()
  }
}
