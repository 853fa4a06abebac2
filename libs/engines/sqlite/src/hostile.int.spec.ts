import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Access, Answer } from '@tenantry/engines-contract'
import { processorMs } from '@tenantry/testing'
import { SqliteDatabase } from './database.js'
import { sqliteDriver } from './driver.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'hostile-'))
const folder = path.join(root, 'tenants', 'mine', '1')
const canary = path.join(root, 'tenants', 'canary.db')
const canaryText = path.join(root, 'tenants', 'canary.txt')
const secret = 'canary-5d1f0c'
mkdirSync(path.dirname(folder), { recursive: true })
sqliteDriver.makeTemplate(folder)
const foreign = new DatabaseSync(canary)
foreign.exec(`create table secrets(s); insert into secrets values('${secret}')`)
foreign.close()
writeFileSync(canaryText, secret)

const database = new SqliteDatabase(folder)
const storage = { storageBytes: 4_000_000 }
const run = (text: string, access: Access = 'write'): Answer =>
  database.run({ text, access, language: 'sql', limits: { seconds: 1, answerBytes: 1_000_000, answerRows: 10_000 } }, storage)
const rows = (text: string): unknown => JSON.parse(run(text).data.toString())
const attempt = (text: string, access?: Access): { readonly refused?: EngineRefusal; readonly said: string } => {
  try {
    const answer = run(text, access)
    return { said: `${answer.fields}${answer.data}` }
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error
    return { refused: error, said: error.message }
  }
}

const filesOutside = (): readonly string[] => readdirSync(root, { recursive: true }).map(String).filter((name) => !name.startsWith('tenants/mine')).sort()
const filesBefore = filesOutside()
const bytesBefore = readFileSync(canary)

beforeAll(() => {
  run('create table t(a integer primary key, b text)')
  run('insert into t values (1, \'x\')')
})
afterAll(() => {
  database.close()
  rmSync(root, { recursive: true, force: true })
})

const refused: readonly string[] = [
  // Other files.
  `attach '${canary}' as c`, `attach database '${canary}' as c`, 'attach \':memory:\' as c', 'attach \'\' as c', `attach 'file:${canary}?mode=ro' as c`,
  `/* x */ attach '${canary}' as c`, `-- x\nattach '${canary}' as c`, `;attach '${canary}' as c`, `attach '${canary.slice(0, 3)}' || '${canary.slice(3)}' as c`,
  `explain attach '${canary}' as c`, 'detach main', 'detach database temp',
  'vacuum', `vacuum into '${path.join(root, 'copy.db')}'`, `vacuum main into '${path.join(root, 'copy.db')}'`, `/**/vacuum into '${path.join(root, 'copy.db')}'`,
  // Functions that reach outside.
  'select load_extension(\'/lib/x86_64-linux-gnu/libc.so.6\')', 'select load_extension(\'a\', \'b\')', `select readfile('${canaryText}')`,
  `select writefile('${canaryText}', 'x')`, 'select edit(\'a\')', 'select fts3_tokenizer(\'simple\')', 'select fts3_tokenizer(\'x\', x\'0000000000000000\')',
  'select sqlite_log(1, \'x\')', 'select sqlite_compileoption_get(1)', `select * from fsdir('${root}')`, 'select * from pragma_database_list',
  'select file from pragma_database_list()', 'select * from sqlite_dbpage', 'update sqlite_dbpage set data = x\'00\' where pgno = 1', 'select * from dbstat',
  'select * from bytecode(\'select 1\')', 'select * from sqlite_stmt', 'select * from carray(1, 2)',
  // Settings.
  'pragma database_list', 'pragma synchronous=off', 'pragma synchronous(0)', 'pragma main.synchronous=0', 'pragma journal_mode=off', 'pragma journal_mode=delete',
  'pragma journal_mode(memory)', 'pragma writable_schema=on', 'pragma writable_schema=reset', 'pragma temp_store_directory=\'/tmp\'', 'pragma data_store_directory=\'/tmp\'',
  'pragma mmap_size=1000000', 'pragma max_page_count=1000000', 'pragma hard_heap_limit=0', 'pragma soft_heap_limit=1', 'pragma cache_size=-100000000',
  'pragma trusted_schema=on', 'pragma cell_size_check=off', 'pragma foreign_keys=off', 'pragma defer_foreign_keys=on', 'pragma ignore_check_constraints=on',
  'pragma query_only=off', 'pragma locking_mode=exclusive', 'pragma wal_checkpoint(truncate)', 'pragma wal_autocheckpoint=0', 'pragma temp_store=memory',
  'pragma page_size=512', 'pragma secure_delete=off', 'pragma auto_vacuum=1', 'pragma busy_timeout=1000000', 'pragma threads=8', 'pragma legacy_file_format=1',
  'pragma schema_version=1', 'pragma reverse_unordered_selects=1', 'pragma encoding=\'UTF-16\'', 'pragma key=\'x\'', 'pragma rekey=\'x\'', 'pragma lock_status',
  'pragma optimize', 'pragma incremental_vacuum', 'pragma shrink_memory', 'pragma recursive_triggers=1', 'pragma case_sensitive_like=1',
  'pragma wal_checkpoint', 'select * from pragma_wal_checkpoint', 'explain pragma synchronous=off', 'PRAGMA /**/ synchronous /**/ = /**/ OFF',
  // The schema itself.
  'update sqlite_master set sql = \'x\'', 'delete from sqlite_master', 'insert into sqlite_master values(1,2,3,4,5)', 'update sqlite_schema set sql = null',
  'update sqlite_temp_master set sql = \'x\'', 'insert into sqlite_temp_schema values(1,2,3,4,5)', 'drop table sqlite_master', 'create table sqlite_x(a)',
  // Things that outlive a statement.
  'begin', 'begin exclusive', 'commit', 'end transaction', 'rollback', 'savepoint a', 'release a', 'rollback to a', 'explain begin',
  'create temp table a(b)', 'create temporary view a as select 1', 'create temp trigger a after insert on t begin select 1; end', 'create table temp.a(b)',
  'create temp table a as select 1',
  // Virtual tables.
  'create virtual table v using fts3(a)', 'create virtual table v using fts4(a)', 'create virtual table v using dbstat', 'create virtual table v using csv(filename=\'/etc/passwd\')',
  'create virtual table v using sqlite_dbpage', 'create virtual table temp.v using fts5(a)', 'create virtual table v using geopoly(a)',
  // More than one statement.
  'select 1; select 2', `select 1; attach '${canary}' as c`, 'select 1;\n--x\nselect 2', 'select 1; begin', 'insert into t values(7,\'\'); delete from t',
  'select 1;;;; select 2', 'select 1\0; select 2', '\0', '', ' ', ';', '-- nothing', '/* nothing',
]

describe('a hostile statement', () => {
  it('is one of more than a hundred', () => {
    expect(refused.length).toBeGreaterThan(100)
  })

  it.each(refused)('is refused without a word of where files lie: %j', (text) => {
    const { refused: refusal, said } = attempt(text)
    expect(refusal?.code).toBe('EngineRejectedQuery')
    expect(said).not.toContain(root)
    expect(said).not.toContain(secret)
    expect(said).toMatch(/\S/)
  })

  it.each(refused)('is refused to a reader too: %j', (text) => {
    expect(attempt(text, 'read').refused?.code).toBe('EngineRejectedQuery')
  })

  it.each([
    ['a view', (text: string) => `create view hidden_v as ${text}`, 'select * from hidden_v'],
    ['a common table', (text: string) => `with c as (${text}) select * from c`, 'select 1'],
    ['a generated column', (text: string) => `create table hidden_g(a, b generated always as (${text.replace('select ', '')}))`, 'select b from hidden_g'],
    ['a trigger', (text: string) => `create trigger hidden_t after insert on t begin ${text}; end`, 'insert into t(b) values(1)'],
    ['a default', (text: string) => `create table hidden_d(a, b default (${text.replace('select ', '')}))`, 'insert into hidden_d(a) values(1)'],
    ['an index', (text: string) => `create index hidden_i on t(${text.replace('select ', '')})`, 'select 1'],
    ['a check', (text: string) => `create table hidden_c(a check (${text.replace('select ', '')}))`, 'insert into hidden_c values(1)'],
  ])('does not hide in %s', (_, hide, use) => {
    for (const call of ['load_extension(\'x\')', `readfile('${canaryText}')`, 'fts3_tokenizer(\'simple\')', 'sqlite_log(1,\'x\')']) {
      const tries = [attempt(hide(`select ${call}`)), attempt(use)]
      expect(tries.some(({ refused: refusal }) => refusal?.code === 'EngineRejectedQuery') || use === 'select 1' || tries[1]?.said === '[][]').toBe(true)
      expect(tries.map(({ said }) => said).join()).not.toContain(secret)
      for (const drop of ['view hidden_v', 'table hidden_g', 'trigger hidden_t', 'table hidden_d', 'index hidden_i', 'table hidden_c']) attempt(`drop ${drop}`)
    }
  })

  it.each([
    'select zeroblob(900000000)', 'select randomblob(900000000)', 'select printf(\'%.*c\', 900000000, \'x\')', 'select hex(zeroblob(16000000))',
    'select replace(hex(zeroblob(10000)), \'0\', hex(zeroblob(10000)))', `select ${'not '.repeat(1200)}1`,
    `select 1 ${'union all select 1 '.repeat(600)}`, `select 'a' like '${'%a'.repeat(30_000)}'`, `select ${'?,'.repeat(1_100)}1`,
    `select ${'1,'.repeat(2_100)}1`, `create table wide(${Array.from({ length: 2_100 }, (_, n) => `c${n}`).join(',')})`,
  ])('may not be larger than its limits: %#', (text) => {
    expect(attempt(text).refused?.code).toMatch(/EngineRejectedQuery|AnswerTooLarge/)
  })

  it('may be explained, which runs nothing', () => {
    expect(attempt(`explain vacuum into '${path.join(root, 'copy.db')}'`).refused).toBeUndefined()
  })

  it('leaves everything outside its database as it was', () => {
    expect(filesOutside()).toEqual(filesBefore)
    expect(readFileSync(canary).equals(bytesBefore)).toBe(true)
    expect(readFileSync(canaryText, 'utf8')).toBe(secret)
  })

  it('leaves the settings of the database as they were', () => {
    for (const [pragma, value] of [['synchronous', 2], ['journal_mode', 'wal'], ['foreign_keys', 1], ['query_only', 0], ['page_size', 4096], ['max_page_count', 976]] as const) {
      expect(rows(`pragma ${pragma}`)).toEqual([[value]])
    }
    expect(rows('pragma integrity_check')).toEqual([['ok']])
    expect(rows('select name from sqlite_master where type = \'table\'')).toContainEqual(['t'])
  })
})

describe('an ordinary statement', () => {
  it.each([
    'select * from sqlite_master', 'pragma table_info(t)', 'pragma table_list', 'pragma user_version', 'pragma user_version = 7', 'select * from pragma_table_info(\'t\')',
    'create virtual table docs using fts5(body)', 'insert into docs values (\'one two\')', 'select * from docs where docs match \'two\'', 'select highlight(docs, 0, \'[\', \']\') from docs(\'one\')',
    'create virtual table box using rtree(id, x0, x1)', 'insert into box values (1, 0, 5)', 'select * from box where x0 <= 3', 'drop table docs', 'drop table box',
    'create table u(id integer primary key autoincrement, t integer references t(a) on delete cascade, check (id > 0))', 'insert into u(t) values (1) returning id',
    'create index u_t on u(t)', 'reindex u_t', 'analyze', 'alter table u rename to w', 'alter table w add column n default 5', 'alter table w rename column n to m',
    'alter table w drop column m', 'create view v as select a from t', 'create trigger tr after insert on t begin update t set b = new.b || \'!\' where a = new.a; end',
    'insert into t(b) values (\'y\')', 'insert into t(a, b) values (1, \'z\') on conflict(a) do update set b = excluded.b', 'select * from v', 'drop trigger tr', 'drop view v', 'drop table w',
    'select date(\'now\'), strftime(\'%Y\', 0), json_extract(\'{"a":1}\', \'$.a\'), regexp_like_is_not_here from (select 1 as regexp_like_is_not_here)',
    'select key, value from json_each(\'{"a":1}\')', 'select group_concat(b, \';\' order by b desc), count(*) filter (where a > 1) from t', 'explain select 1', 'explain query plan select * from t',
    'select sqlite_version(), changes(), last_insert_rowid(), random() is not null', 'create table s(a int) strict', 'delete from t where a > 1 returning *',
  ])('is run: %s', (text) => {
    expect(attempt(text).refused).toBeUndefined()
  })

  it('that writes is refused to a reader, in the engine', () => {
    for (const text of ['insert into t values (50, \'\')', 'update t set b = 1', 'delete from t', 'create table n(a)', 'drop table t', 'pragma user_version = 9', 'insert into t values (50, \'\') returning *']) {
      expect(attempt(text, 'read').refused?.code).toBe('EngineRejectedQuery')
    }
    expect(rows('select count(*) from t where a = 50')).toEqual([[0]])
  })
})

describe('a text of blanks', () => {
  const blanks = ' '.repeat(1_000_000)

  it.each([
    ['inside a string', `select length('${blanks}')`, 1_000_000], ['in front', `${blanks}select 1`, 1], ['at the end', `select 1${blanks}`, 1],
    ['between words', `select${blanks} 1`, 1], ['as semicolons', `select 1${';'.repeat(1_000_000)}`, 1],
  ])('takes no more than a moment: %s', (_, text, value) => {
    expect(processorMs(() => expect(rows(text)).toEqual([[value]]))).toBeLessThan(1_000)
  })
})
