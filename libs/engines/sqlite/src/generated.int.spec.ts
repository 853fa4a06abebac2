import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Access, EmbeddedDatabase } from '@tenantry/engines-contract'
import fc from 'fast-check'
import { mainFile } from '@tenantry/engines-files'
import { drawFrom } from '@tenantry/testing'
import { sqliteDriver } from './driver.js'
import { Grammar, type Kind, allowedKinds, refusedKinds } from './testing/grammar.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'generated-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const isLong = process.env['TEST_LONG'] === '1'

const storage = { storageBytes: 10_000_000 }
const limits = { seconds: 1, answerBytes: 100_000, answerRows: 1_000 }
const refusals = new Set(['EngineRejectedQuery', 'AnswerTooLarge', 'RequestTooLarge', 'StorageFull'])

/** Runs a text and says whether it was answered. Whatever is neither an answer as promised nor a refusal fails the test. */
const isAnswered = (database: EmbeddedDatabase, text: string, access: Access): boolean => {
  try {
    const answer = database.run({ text, access, language: 'sql', limits }, storage)
    const fields = JSON.parse(answer.fields.toString()) as unknown[]
    const rows = JSON.parse(answer.data.toString()) as unknown[][]
    if (rows.some((row) => row.length !== fields.length)) throw new Error(`A row and the fields differ in length: ${text}`)
    return true
  } catch (error) {
    if (!(error instanceof EngineRefusal) || !refusals.has(error.code)) throw new Error(`${text} was answered with neither rows nor a refusal.`, { cause: error })
    expect(error.message).not.toContain(root)
    return false
  }
}

const canary = path.join(root, 'canary')
const secret = `canary ${Math.random()}`
let count = 0

/** A new database among things that no statement may touch. */
const newDatabase = () => {
  count += 1
  const tenant = path.join(root, `tenant-${count}`)
  const folder = path.join(tenant, 'mine')
  mkdirSync(tenant)
  writeFileSync(path.join(tenant, 'canary'), secret)
  writeFileSync(canary, secret)
  sqliteDriver.makeTemplate(folder)
  const database = sqliteDriver.open(folder, storage)
  for (const text of ['create table t (a integer primary key, b, c)', 'create table u (a, b text, c real)', 'create table log (a, b, c)', 'insert into t values (1, \'x\', 2), (2, null, x\'00\'), (3, 1.5, \'{"a":1}\')', 'insert into u select * from t']) {
    database.run({ text, access: 'write', language: 'sql', limits }, storage)
  }
  const settings = (access: Access): string => ['synchronous', 'journal_mode', 'query_only', 'foreign_keys', 'busy_timeout', 'cache_size', 'max_page_count', 'encoding']
    .map((name) => database.run({ text: `pragma ${name}`, access, language: 'sql', limits }, storage).data.toString()).join()
  const first = { write: settings('write'), read: settings('read') }
  const descriptors = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)
  const open = descriptors()
  return {
    database,
    written: (): string => ['', '-wal'].map((end) => `${statSync(mainFile(folder) + end, { throwIfNoEntry: false })?.size} ${statSync(mainFile(folder) + end, { throwIfNoEntry: false })?.mtimeMs}`).join(),
    checkAll: (): void => {
      expect({ write: settings('write'), read: settings('read') }).toEqual(first)
      expect(descriptors()).toBe(open)
      database.close()
      expect(readdirSync(tenant).sort()).toEqual(['canary', 'mine'])
      expect(readdirSync(folder)).toEqual(['main.db'])
      expect([readFileSync(canary, 'utf8'), readFileSync(path.join(tenant, 'canary'), 'utf8')]).toEqual([secret, secret])
      const plain = new DatabaseSync(mainFile(folder), { readOnly: true })
      expect(plain.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
      plain.close()
      rmSync(tenant, { recursive: true })
    },
  }
}

describe('a statement of any kind', () => {
  it('is answered or refused by its kind, changes nothing for one who may only read, and touches nothing outside its database', () => {
    const runs = isLong ? 100_000 : 4_000
    // Folders and sockets of suites that run beside it come and go: they end in six letters, or are a Postgres's.
    const around = [process.cwd(), os.tmpdir()].map((folder) => [folder, readdirSync(folder).filter((name) => !/^(generated|answers|database|hostile|jest|tenantry|haste|\.s\.PGSQL)|-\w{6}$/.test(name))] as const)
    const grammar = new Grammar(drawFrom(26))
    const answered = new Map<Kind, number>()
    const each = 250
    for (let done = 0; done < runs; done += each) {
      const { database, written, checkAll } = newDatabase()
      for (let at = 0; at < each; at++) {
        const { kind, text } = grammar.statement()
        const access = at % 3 === 0 ? 'read' : 'write'
        const before = access === 'read' ? written() : undefined
        if (isAnswered(database, text, access)) answered.set(kind, (answered.get(kind) ?? 0) + 1)
        if (before !== undefined && written() !== before) throw new Error(`A reader wrote: ${text}`)
        if (refusedKinds.some((one) => one === kind) && answered.has(kind)) throw new Error(`A statement was answered that never may be (${kind}): ${text}`)
      }
      checkAll()
    }
    // It reaches deep: of each kind that may be answered, a good part was.
    for (const kind of allowedKinds) expect({ kind, often: (answered.get(kind) ?? 0) > runs / 24 / 6 }).toEqual({ kind, often: true })
    for (const [folder, names] of around) expect(readdirSync(folder)).toEqual(expect.arrayContaining(names))
  }, 900_000)
})

const words = [
  'select', 'insert into', 'values', 'update', 'set', 'delete from', 'create table', 'create view', 'create trigger', 'create index', 'drop table', 'alter table', 'rename to',
  'attach', 'detach', 'vacuum', 'vacuum into', 'pragma', 'begin', 'commit', 'savepoint', 'explain', 'with', 'as', 'from', 'where', 'group by', 'order by', 'limit', 'union all',
  'returning', 'temp', 'virtual table', 'using', 'fts5', 'sqlite_master', 'sqlite_temp_master', 'writable_schema', 'journal_mode', 'synchronous', 'database_list', 'main', 't', 'u', 'a', 'b',
  '*', '(', ')', ',', ';', '=', '||', '\'x\'', '"t"', '1', '-1', '9e999', 'null', 'x\'00\'', '?', '?5', ':n', '--', '/*', '*/', '\0', '\n', 'load_extension', 'readfile', 'json_each', 'zeroblob', 'on', 'off',
]

describe('any text at all', () => {
  it('is answered or refused, and nothing outside its database is touched', () => {
    const { database, checkAll } = newDatabase()
    fc.assert(fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.string() }), { minLength: 1, maxLength: 14 }),
      fc.constantFrom('read' as const, 'write' as const),
      (parts, access) => void isAnswered(database, parts.join(' '), access),
    ), { seed: 26, numRuns: isLong ? 20_000 : 2_000 })
    checkAll()
  }, 600_000)
})
