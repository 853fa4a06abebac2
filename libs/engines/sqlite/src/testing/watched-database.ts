import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Access, EmbeddedDatabase } from '@tenantry/engines-contract'
import { mainFile } from '@tenantry/engines-files'
import { sqliteDriver } from '../driver.js'

const storage = { storageBytes: 10_000_000 }
const limits = { seconds: 1, answerBytes: 100_000, answerRows: 1_000 }
const refusals = new Set(['EngineRejectedQuery', 'AnswerTooLarge', 'RequestTooLarge', 'StorageFull'])
const beginning = [
  'create table t (a integer primary key, b, c)', 'create table u (a, b text, c real)', 'create table log (a, b, c)',
  'insert into t values (1, \'x\', 2), (2, null, x\'00\'), (3, 1.5, \'{"a":1}\')', 'insert into u select * from t',
]
const settingNames = ['synchronous', 'journal_mode', 'query_only', 'foreign_keys', 'busy_timeout', 'cache_size', 'max_page_count', 'encoding']

/** Runs a text and says whether it was answered. Throws for whatever is neither an answer as promised nor a refusal. */
export const isAnswered = (database: EmbeddedDatabase, text: string, access: Access, secretPath: string): boolean => {
  try {
    const answer = database.run({ text, access, language: 'sql', limits }, storage)
    const fields = JSON.parse(answer.fields.toString()) as unknown[]
    const rows = JSON.parse(answer.data.toString()) as unknown[][]
    if (rows.some((row) => row.length !== fields.length)) throw new Error(`A row and the fields differ in length: ${text}`)
    return true
  } catch (error) {
    if (!(error instanceof EngineRefusal) || !refusals.has(error.code)) throw new Error(`${text} was answered with neither rows nor a refusal.`, { cause: error })
    assert(!error.message.includes(secretPath), `A refusal names a place: ${error.message}`)
    return false
  }
}

export interface WatchedDatabase {
  readonly database: EmbeddedDatabase
  /** Another text as soon as anything was written. */
  written(): string
  /** Closes it; throws when anything but its own file has changed, here, in the working folder or in the folder for temporary files. */
  checkAll(): void
}

const descriptors = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)

/** A new database in `root`, among things that no statement may touch. The working and the temporary folder are empty, and this process's own. */
export const watchedDatabase = (root: string): WatchedDatabase => {
  const tenant = path.join(root, 'tenant')
  const folder = path.join(tenant, 'mine')
  const canaries = [path.join(root, 'canary'), path.join(tenant, 'canary')]
  const secret = `canary ${Math.random()}`
  mkdirSync(tenant)
  for (const canary of canaries) writeFileSync(canary, secret)
  sqliteDriver.makeTemplate(folder)
  const database = sqliteDriver.open(folder, storage)
  for (const text of beginning) database.run({ text, access: 'write', language: 'sql', limits }, storage)
  const settings = (access: Access): string => settingNames.map((name) => database.run({ text: `pragma ${name}`, access, language: 'sql', limits }, storage).data.toString()).join()
  const first = { write: settings('write'), read: settings('read') }
  const open = descriptors()
  return {
    database,
    written: () => ['', '-wal'].map((end) => {
      const seen = statSync(mainFile(folder) + end, { throwIfNoEntry: false })
      return `${seen?.size} ${seen?.mtimeMs}`
    }).join(),
    checkAll: () => {
      assert.deepEqual({ write: settings('write'), read: settings('read') }, first)
      assert.equal(descriptors(), open)
      database.close()
      assert.deepEqual([root, tenant, folder, process.cwd(), os.tmpdir()].map((place) => readdirSync(place).sort()), [['canary', 'tenant'], ['canary', 'mine'], ['main.db'], [], []])
      assert.deepEqual(canaries.map((canary) => readFileSync(canary, 'utf8')), [secret, secret])
      const plain = new DatabaseSync(mainFile(folder), { readOnly: true })
      assert.deepEqual(plain.prepare('pragma integrity_check').all().map((row) => ({ ...row })), [{ integrity_check: 'ok' }])
      plain.close()
      rmSync(tenant, { recursive: true })
    },
  }
}
