import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { EngineRefusal } from '@tenantry/engines-contract'
import fc from 'fast-check'
import { sqliteDriver } from './driver.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'generated-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const runs = process.env['TEST_LONG'] === '1' ? 100_000 : 4_000

const words = [
  'select', 'insert into', 'values', 'update', 'set', 'delete from', 'create table', 'create view', 'create trigger', 'create index', 'drop table', 'alter table', 'rename to',
  'attach', 'detach', 'vacuum', 'vacuum into', 'pragma', 'begin', 'commit', 'savepoint', 'explain', 'with', 'as', 'from', 'where', 'group by', 'order by', 'limit', 'union all',
  'returning', 'temp', 'virtual table', 'using', 'fts5', 'sqlite_master', 'sqlite_temp_master', 'writable_schema', 'journal_mode', 'synchronous', 'database_list', 'main', 't', 'u', 'a', 'b',
  '*', '(', ')', ',', ';', '=', '||', '\'x\'', '"t"', '1', '-1', '9e999', 'null', 'x\'00\'', '?', '?5', ':n', '--', '/*', '*/', '\0', '\n', 'load_extension', 'readfile', 'json_each', 'zeroblob', 'on', 'off',
]

describe('any text at all', () => {
  it('is answered or refused, and nothing outside its database is touched', () => {
    const folder = path.join(root, 'tenant', 'mine')
    mkdirSync(path.dirname(folder))
    sqliteDriver.makeTemplate(folder)
    const storage = { storageBytes: 10_000_000 }
    const database = sqliteDriver.open(folder, storage)
    const limits = { seconds: 1, answerBytes: 100_000, answerRows: 1_000 }
    const before = process.cwd()
    const filesBefore = readdirSync(before)
    fc.assert(fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.string() }), { minLength: 1, maxLength: 14 }),
      fc.constantFrom('read' as const, 'write' as const),
      (parts, access) => {
        try {
          const answer = database.run({ text: parts.join(' '), access, limits }, storage)
          JSON.parse(answer.fields.toString())
          JSON.parse(answer.data.toString())
        } catch (error) {
          if (!(error instanceof EngineRefusal) || error.code === 'InternalError') throw error
          expect(error.message).not.toContain(root)
        }
      },
    ), { seed: 26, numRuns: runs })
    database.close()
    expect(readdirSync(path.join(root, 'tenant'))).toEqual(['mine'])
    expect(readdirSync(folder)).toEqual(['main.db'])
    expect(readdirSync(before)).toEqual(filesBefore)
  }, 600_000)
})
