import { readdirSync } from 'node:fs'
import { Asked, makeRoot } from '../testing/database.js'

const root = makeRoot()
const asked = new Asked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

beforeAll(() => {
  asked.sql('create table t (_id id, n int, w string, s stringset)')
  asked.sql('insert into t values (1, 2, \'a\', [\'p\']), (2, 3, \'b\', [\'q\'])')
})

/** What SQLite would say of a statement, and nobody here is to hear. */
const fromSqlite = /sqlite|no such (?:table|column|function)|near "|syntax error|incomplete input|malformed|\/tmp|\.db/i

const quotes = ['\'', '"', '`', '[', ']', '\\', ';', '--', '/*', '*/', '\u0000', '\u0001', '\u0002', '?1', ':a', '$a', '@a', '%', '\u202e', 'ﬀ', '𝒳'] as const

const inside = (text: string): string => text.replaceAll('\'', '\'\'')

const hostile = [
  // What SQLite has and FeatureBase has not.
  'select * from sqlite_master', 'select * from sqlite_schema', 'select * from rows_1', 'select * from words_3', 'select * from changes', 'select * from saved_bitmaps', 'select * from pragma_table_info(\'rows_1\')', 'select * from json_each(\'[1]\')',
  'pragma journal_mode', 'pragma writable_schema = on', 'attach database \'/etc/passwd\' as x', 'attach \'/tmp/x\' as y', 'detach main', 'vacuum into \'/tmp/out\'', 'vacuum', 'reindex', 'analyze', 'begin', 'commit', 'rollback', 'savepoint a', 'release a',
  'create trigger x after insert on t begin select 1; end', 'create index i on t (n)', 'create virtual table v using fts5(a)', 'create temp table x (_id id, n int)',
  'select load_extension(\'/tmp/x.so\')', 'select readfile(\'/etc/passwd\')', 'select writefile(\'/tmp/x\', \'y\')', 'select edit(\'x\')', 'select fts3_tokenizer(\'x\')', 'select randomblob(1000000000)', 'select zeroblob(1000000000)', 'select hex(\'a\')', 'select fb_0(1)', 'select printf(\'%.*c\', 1000000000, \'x\')', 'select sqlite_version()', 'select group_concat(w) from t', 'select json(\'{}\')',
  'with recursive r as (select 1 as n union all select n + 1 from r) select * from r', 'select * from t where rowid = 1', 'select oid from t', 'select _rowid_ from t', 'select n from t indexed by i', 'insert or replace into t values (1, 2, \'a\', null)', 'update or ignore t set n = 1', 'insert into t (_id, n) values (1, 2) returning *', 'select n from t where w match \'a\'', 'select n from t where w glob \'a\'', 'select n from t where w regexp \'a\'', 'select raise(abort, \'x\')',
  // What would fill the memory.
  'select replicate(\'x\', 1000000000)', 'select space(2000000000)', `select replaceall(replicate('a', 1000000), 'a', replicate('b', 1000000))`, 'select format(\'%1000000000d\', 1)', 'select str(1, 2000000000)',
  // What is written outside the statement.
  'bulk insert into t (_id, w) map (0 id, 1 string) from \'/etc/passwd\' with format \'CSV\' input \'FILE\'', 'copy t to u with url \'http://127.0.0.1:1/\' apikey \'x\'', 'create function f(@a int) returns int as begin return 1 end', 'create database x', 'drop database x',
]

describe('a hostile statement', () => {
  it.each(hostile)('is refused in our words: %s', (text) => {
    const said = asked.sql(text) as { readonly code?: string; readonly message?: string }
    expect(said).toMatchObject({ code: 'EngineRejectedQuery' })
    const words = (said.message ?? '').replaceAll(/'[^']*'/g, '\'\'')
    expect(words).not.toMatch(fromSqlite)
  })

  it('means its characters and nothing else, wherever they stand', () => {
    for (const odd of quotes) {
      const literal = inside(`x${odd}y`)
      for (const text of [`select '${literal}'`, `select count(*) from t where w = '${literal}'`, `select n as "a${odd.replaceAll('"', '""')}b" from t`, `select * from "t${odd.replaceAll('"', '""')}"`, `select "n${odd.replaceAll('"', '""')}" from t`, `select * from t order by "${odd.replaceAll('"', '""')}"`, `insert into t (_id, w, s) values (7, '${literal}', ['${literal}'])`, `select ${odd}`, `select * from t where n ${odd} 1`, `select w from t where w like '%${literal}%'`, `select * from t a${odd}b`]) {
        const said = asked.sql(text) as { readonly code?: string; readonly message?: string; readonly data?: unknown }
        if (said.code !== undefined) {
          expect([text, said.code]).toEqual([text, 'EngineRejectedQuery'])
          expect((said.message ?? '').replaceAll(/'[^']*'/g, '\'\'')).not.toMatch(fromSqlite)
        }
      }
      expect(asked.sql(`select w, s from t where _id = 7 and w = '${literal}' and setcontains(s, '${literal}')`)).toMatchObject({ data: [[`x${odd}y`, expect.arrayContaining([`x${odd}y`]) as unknown]] })
    }
  })

  it('has left everything as it was', () => {
    expect(asked.sql('select * from t where _id < 7')).toMatchObject({ data: [[1, 2, 'a', ['p']], [2, 3, 'b', ['q']]] })
    expect((asked.sql('show tables') as { readonly data: readonly unknown[] }).data).toHaveLength(1)
    expect(asked.differences()).toEqual([])
    expect(readdirSync(asked.folder).filter((name) => !/^main\.db(?:-wal|-shm)?$/.test(name))).toEqual([])
  })
})
