import { checkSql, parseSql, type SqlCatalogue, SqlError, type TableEntry, type TypedStatement, type ViewEntry } from '../index.js'

const entries = new Map<string, TableEntry | ViewEntry>([['v', { kind: 'view', name: 'v', text: 'SELECT _id, i FROM t' }], ['above', { kind: 'view', name: 'above', text: 'SELECT i FROM v' }], ['fb_views', { kind: 'system table', name: 'fb_views', columns: [] }]])
const catalogue: SqlCatalogue = { find: (name) => entries.get(name) }

const check = (text: string): TypedStatement => {
  const [statement] = parseSql(text)
  if (!statement) throw new Error(`${text} is no statement.`)
  return checkSql(statement, catalogue)
}

const make = (text: string): void => {
  const typed = check(text)
  if (typed.kind !== 'create table') throw new Error(`${text} makes no table.`)
  const columns = typed.columns.map(({ name, type, min, max }) => ({ name, type, min, max }))
  entries.set(typed.name, { kind: 'table', name: typed.name, columns: [{ name: '_id', type: { name: typed.keyed ? 'string' : 'id' } }, ...columns] })
}

make('CREATE TABLE t (_id id, i int min 0 max 10, d decimal(2), s string, b bool, ts timestamp, ids idset, ss stringset, iq idsetq timequantum \'YMD\', sq stringsetq timequantum \'YMD\')')
make('CREATE TABLE keyed (_id string, a int)')

const refusal = (text: string): string => {
  try {
    check(text)
    return 'taken'
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw error
  }
}

const refused = (rows: readonly (readonly [string, string])[]): void => {
  it.each(rows)('%s', (text, wanted) => {
    expect(refusal(text)).toBe(wanted)
  })
}

describe('CREATE TABLE', () => {
  it('says what each column is made with, bounds of decimals in units of their scale', () => {
    expect(check(`CREATE TABLE IF NOT EXISTS New (_ID STRING, I INT MIN -5 MAX 10, d decimal(2) min 1 max 9223372036854775807, s string cachetype lru size 7,
      n idset cachetype none q stringsetq timequantum 'ymd' ttl '1h30m', ts timestamp timeunit 'µs' epoch '2010-01-01T00:00:00Z') keypartitions 12 comment 'of it'`)).toMatchObject({
      kind: 'create table', ifNotExists: true, name: 'new', keyed: true, comment: 'of it', warnings: ['The value of KEYPARTITIONS is currently ignored'],
      columns: [
        { name: 'i', type: { name: 'int' }, min: -5n, max: 10n }, { name: 'd', type: { name: 'decimal', scale: 2 }, min: 100n, max: 9_223_372_036_854_775_807n },
        { name: 's', cacheType: 'lru', cacheSize: 7n }, { name: 'n', cacheType: 'none', cacheSize: undefined },
        { name: 'q', timeQuantum: 'YMD', ttl: '1h30m' }, { name: 'ts', timeUnit: 'us', epoch: '2010-01-01T00:00:00Z' },
      ],
    })
  })

  refused([
    ['create table x (a int)', '[1:1] _id column must be specified'],
    ['create table x (_id id, _id int)', '[1:25] duplicate column \'_id\''],
    ['create table x (_id int)', '[1:21] _id column must be specified with type ID or STRING'],
    ['create table x (_id id min 1)', '[1:21] _id column must be specified with no constraints'],
    ['create table x (_id id, a aunt)', '[1:27] unknown type \'aunt\''],
    ['create table x (_id id, a vector(3))', '[1:27] unknown type \'vector\''],
    ['create table x (_id id, a decimal)', '[1:27] decimal scale expected'],
    ['create table x (_id id, a stringset timequantum \'YMD\')', '[1:25] \'TIMEQUANTUM\' constraint cannot be applied to a column of type \'stringset\''],
    ['create table x (_id id, a int cachetype lru)', '[1:25] \'CACHETYPE\' constraint cannot be applied to a column of type \'int\''],
    ['create table x (_id id, a idsetq timequantum \'Y\' cachetype lru)', '[1:25] \'CACHETYPE\' constraint cannot be applied to a column of type \'idsetq\''],
    ['create table x (_id id, a int timeunit \'s\')', '[1:25] \'TIMEUNIT\' constraint cannot be applied to a column of type \'int\''],
    ['create table x (_id id, a int min \'1\')', '[1:25] \'MIN\' constraint cannot be applied to a column of type \'int\''],
    ['create table x (_id id, a int max 9223372036854775808)', '[1:35] value \'9223372036854775808\' out of range'],
    ['create table x (_id id, a timestamp timeunit \'h\')', '[1:46] \'h\' is not a valid time unit'],
    ['create table x (_id id, a timestamp timeunit 1)', '[1:46] string literal expected'],
    ['create table x (_id id, a timestamp epoch \'never\')', '[1:43] \'never\' is not a valid epoch'],
    ['create table x (_id id, a idsetq timequantum \'YH\')', '[1:46] \'YH\' is not a valid time quantum'],
    ['create table x (_id id, a idsetq timequantum \'Y\' ttl \'a day\')', '[1:46] \'a day\' is not a valid time duration'],
    ['create table x (_id id, a id cachetype lru size \'7\')', '[1:49] integer literal expected'],
    ['create table x (_id id) keypartitions 0', '[1:39] invalid value \'0\' for key partitions (should be a number between 1-10000)'],
    ['create table x (_id id) comment 1', '[1:33] string literal expected'],
  ])
})

describe('ALTER and DROP', () => {
  it('name what they change as it is kept', () => {
    expect(check('ALTER TABLE T ADD Extra int max 5')).toMatchObject({ kind: 'add column', table: 't', column: { name: 'extra', max: 5n } })
    expect(check('ALTER TABLE t DROP COLUMN SS')).toMatchObject({ kind: 'drop column', table: 't', column: 'ss' })
    expect(check('DROP TABLE IF EXISTS nowhere')).toMatchObject({ kind: 'drop table', ifExists: true, name: 'nowhere' })
    expect(check('DROP VIEW V')).toMatchObject({ kind: 'drop view', ifExists: false, name: 'v' })
    expect(check('CREATE VIEW w AS SELECT i FROM v')).toMatchObject({ kind: 'create view', name: 'w', text: 'SELECT i FROM v', query: { columns: [{ name: 'i', type: { name: 'int' } }] } })
  })

  refused([
    ['alter table nowhere add a int', '[1:13] table \'nowhere\' not found'],
    ['alter table v add a int', '[1:13] table \'v\' not found'],
    ['alter table t add i int', '[1:19] duplicate column \'i\''],
    ['alter table t add _id id', '[1:19] _id column cannot be added to an existing table'],
    ['alter table nowhere add a aunt', '[1:27] unknown type \'aunt\''],
    ['alter table t drop nowhere', '[1:20] column \'nowhere\' not found'],
    ['alter table t drop _id', '[1:20] _id column cannot be dropped'],
    ['alter table t rename i to j', 'column rename is unimplemented'],
    ['alter table t rename i to I', '[1:27] duplicate column \'i\''],
    ['drop table nowhere', '[1:12] table \'nowhere\' not found'],
    ['drop table if exists v', '[1:22] table \'v\' not found'],
    ['alter view v as select i from v', '[1:31] table or view \'v\' not found'],
    ['alter view v as select i from above', '[1:15] table or view \'v\' not found'],
    ['create view w as select nowhere from t', '[1:25] column \'nowhere\' not found'],
    ['create view w as select i from t where i = ?', '[1:18] a view can have no parameters'],
  ])
})

describe('INSERT', () => {
  it('brings each constant to its column\'s type, and keeps null', () => {
    const typed = check('INSERT INTO t (_id, i, d, ts, ids, s) VALUES (1, 2, 3, \'2020-01-01\', [2, 1], null), (?, -1, 1.5, 60, [3], \'x\')')
    if (typed.kind !== 'insert' || 'kind' in typed.rows) throw new Error('These are no rows.')
    expect(typed.columns.map(({ name }) => name)).toEqual(['_id', 'i', 'd', 'ts', 'ids', 's'])
    expect(typed.rows.map((row) => row.map(({ value }) => value.kind === 'constant' ? value.value : value.kind))).toEqual([
      [1n, 2n, 300n, 1_577_836_800_000_000_000n, [1n, 2n], null], ['parameter', -1n, 150n, 60_000_000_000n, [3n], 'x'],
    ])
    expect(typed.rows[1]?.[0]).toMatchObject({ value: { type: { name: 'id' } } })
  })

  it('takes a time and a set for a column with a quantum', () => {
    const typed = check('INSERT INTO t (_id, iq, sq) VALUES (1, {\'2020-01-01T00:00:00Z\', [1]}, {60, [\'a\']}), (2, [5], null)')
    if (typed.kind !== 'insert' || 'kind' in typed.rows) throw new Error('These are no rows.')
    expect(typed.rows).toMatchObject([
      [{ time: undefined }, { value: { value: [1n] }, time: { value: 1_577_836_800_000_000_000n } }, { value: { value: ['a'] }, time: { value: 60_000_000_000n } }],
      [{}, { value: { value: [5n], type: { name: 'idsetq' } }, time: undefined }, { value: { value: null } }],
    ])
  })

  it('means all columns where none are named, and takes what a query answers as its columns\' types', () => {
    expect(check('INSERT INTO keyed VALUES (\'a\', 1)')).toMatchObject({ kind: 'insert', columns: [{ name: '_id' }, { name: 'a' }] })
    expect(check('REPLACE INTO keyed SELECT s, i FROM t')).toMatchObject({ replace: true, rows: { kind: 'select', from: { kind: 'table' } } })
    expect(check('INSERT INTO t (_id, d) SELECT a, a FROM keyed')).toMatchObject({ rows: { columns: [{ type: { name: 'id' } }, { type: { name: 'decimal', scale: 2 } }], from: { kind: 'query' } } })
  })

  refused([
    ['insert into nowhere (_id, a) values (1, 2)', '[1:13] table \'nowhere\' not found'],
    ['insert into v (_id, i) values (1, 2)', '[1:13] table \'v\' not found'],
    ['insert into t (_id, nowhere) values (1, 2)', '[1:21] column \'nowhere\' not found'],
    ['insert into t (_id, i, i) values (1, 2, 3)', '[1:24] duplicate column \'i\''],
    ['insert into t (i, d) values (1, 2)', '[1:15] insert column list must have \'_id\' column specified'],
    ['insert into t (_id) values (1)', '[1:15] insert column list must have at least one non \'_id\' column specified'],
    ['insert into keyed values (\'a\', 1), (\'b\')', '[1:36] mismatch in the count of expressions and target columns'],
    ['insert into t (_id, i) values (1, \'x\')', '[1:35] an expression of type \'string\' cannot be assigned to type \'int\''],
    ['insert into t (_id, d) values (1, 1.234)', '[1:35] an expression of type \'decimal(3)\' cannot be assigned to type \'decimal(2)\''],
    ['insert into t (_id, ids) values (1, [])', '[1:37] set literal must contain at least one member'],
    ['insert into t (_id, ss) values (1, \'a\')', '[1:36] an expression of type \'string\' cannot be assigned to type \'stringset\''],
    ['insert into t (_id, ss) values (1, {1, [\'a\']})', '[1:36] an expression of type \'tuple(int, stringset)\' cannot be assigned to type \'stringset\''],
    ['insert into t (_id, iq) values (1, {1, [\'a\']})', '[1:36] an expression of type \'tuple(int, stringset)\' cannot be assigned to type \'idsetq\''],
    ['insert into t (_id, iq) values (1, {\'2020-01-01\', [1], 2})', '[1:36] an expression of type \'tuple(string, idset, int)\' cannot be assigned to type \'idsetq\''],
    ['insert into t (_id, iq) values (1, {})', '[1:36] tuple literal must contain at least one member'],
    ['insert into t (_id, i) values (1, i)', '[1:35] column \'i\' not found'],
    ['insert into keyed select s from t', '[1:19] mismatch in the count of expressions and target columns'],
    ['insert into keyed select i, i from t', '[1:19] an expression of type \'int\' cannot be assigned to type \'string\''],
  ])
})

describe('BULK INSERT', () => {
  const bulk = (rest: string): string => `bulk insert into t ${rest}`
  const stream = 'from x\'1,2\' with format \'CSV\' input \'STREAM\''

  it('says where each column finds its value, and how the rows are read', () => {
    expect(check(bulk('(_id, i) map (0 id, 3 int) from x\'1,2\n3,4\' with format \'csv\' input \'stream\' batchsize 5 rowslimit 9 header_row allow_missing_values'))).toMatchObject({
      kind: 'bulk insert', table: 't', columns: [{ name: '_id' }, { name: 'i' }], map: [{ from: 0n, type: { name: 'id' } }, { from: 3n, type: { name: 'int' } }], transform: undefined,
      source: '1,2\n3,4', format: 'CSV', batchSize: 5n, rowsLimit: 9n, headerRow: true, allowMissingValues: true,
    })
    expect(check(bulk('(_id, d) map (\'$.a\' id, \'$.b\' int) transform (@0, @1 * 2) from \'{}\' with format \'NDJSON\' input \'INLINE\''))).toMatchObject({
      map: [{ from: '$.a' }, { from: '$.b' }], transform: [{ kind: 'mapped', index: 0 }, { kind: 'cast', type: { name: 'decimal', scale: 2 } }], batchSize: 1_000n, rowsLimit: undefined, headerRow: false,
    })
  })

  refused([
    ['bulk insert into nowhere map (0 id) from \'x\' with batchsize 2', '[1:18] table \'nowhere\' not found'],
    [bulk('(_id, i) map (0 id, 1 int) from 23 with format \'CSV\''), '[1:52] string literal expected'],
    [bulk('(_id, i) map (0 id, 1 int) from \'x\' with batchsize 2'), '[1:56] format specifier expected'],
    [bulk('(_id, i) map (0 id, 1 int) from \'x\' with format \'BLAH\''), '[1:68] invalid format specifier \'BLAH\''],
    [bulk('(_id, i) map (0 id, "3" int) from \'x\' with format \'CSV\''), '[1:40] integer literal expected'],
    [bulk('(_id, i) map (0 id, 1 int) from \'x\' with format \'NDJSON\''), '[1:34] string literal expected'],
    [bulk('(_id, i) map (0 id, 1 int) from \'x\' with format \'CSV\''), '[1:56] input specifier expected'],
    [bulk('(_id, i) map (0 id, 1 int) from \'x\' with format \'CSV\' input \'WOOPWOOP\''), '[1:80] invalid input specifier \'WOOPWOOP\''],
    [bulk('(_id, i) map (0 id, 1 int) from \'/etc/passwd\' with format \'CSV\' input \'FILE\''),
      '[1:52] unable to read datasource \'/etc/passwd\': INPUT \'FILE\' is not supported, send the rows in the statement with INPUT \'STREAM\''],
    [bulk('(_id, i) map (0 id, 1 int) from \'http://10.0.0.1/\' with format \'CSV\' input \'url\''),
      '[1:52] unable to read datasource \'http://10.0.0.1/\': INPUT \'URL\' is not supported, send the rows in the statement with INPUT \'STREAM\''],
    [bulk('(_id, k) map (0 id, 1 int) from \'/etc/passwd\' with format \'CSV\' input \'FILE\''), '[1:1] column \'k\' not found'],
    [bulk(`(_id, i) map (0 id, 1 int) ${stream} batchsize 0`), '[1:102] invalid batch size \'0\''],
    [bulk(`(_id, i) map (0 id, 1 int) ${stream} batchsize 'x'`), '[1:102] integer literal expected'],
    [bulk(`(_id, i) map (0 id, 1 int) ${stream} rowslimit 'x'`), '[1:102] integer literal expected'],
    [bulk(`(_id, i) map (0 id, 1 aunt) ${stream}`), '[1:42] unknown type \'aunt\''],
    [bulk(`(_id, d) map (0 id, 1 decimal) ${stream}`), '[1:42] decimal scale expected'],
    [bulk(`(_id, i) map (0 id) ${stream}`), '[1:38] mismatch in the count of expressions and target columns'],
    [bulk(`(_id, i) map (0 id, 1 int) transform (@0) ${stream}`), '[1:60] mismatch in the count of expressions and target columns'],
    [bulk(`(_id, i) map (0 id, 1 int) transform (@0, @z) ${stream}`), '[1:62] unknown identifier \'z\''],
    [bulk(`(_id, k) map (0 id, 1 int) ${stream}`), '[1:1] column \'k\' not found'],
    [bulk(`(_id, i, _id) map (0 id, 1 int, 2 id) ${stream}`), '[1:29] duplicate column \'_id\''],
    [bulk(`(d, i) map (0 decimal(2), 1 int) ${stream}`), '[1:25] insert column list must have \'_id\' column specified'],
    [bulk(`(_id) map (0 id) ${stream}`), '[1:20] insert column list must have at least one non \'_id\' column specified'],
    [bulk(`(_id, i) map (0 id, 1 string) ${stream}`), '[1:40] an expression of type \'string\' cannot be assigned to type \'int\''],
    [bulk(`(_id, s) map (0 id, 1 int) transform (@0, @1) ${stream}`), '[1:62] an expression of type \'int\' cannot be assigned to type \'string\''],
  ])
})

describe('UPDATE, DELETE and COPY', () => {
  it('see the columns of the one table that they change', () => {
    expect(check('DELETE FROM t x WHERE x.i = 1')).toMatchObject({ kind: 'delete', table: 't', source: { kind: 'table', table: 't' }, where: { kind: 'binary' } })
    expect(check('DELETE FROM t')).toMatchObject({ kind: 'delete', where: undefined })
    expect(check('UPDATE t SET d = i + 1, ts = \'2020-01-01\', s = null WHERE t.i > 2')).toMatchObject({
      kind: 'update', assignments: [{ column: { name: 'd' }, value: { kind: 'cast', type: { name: 'decimal', scale: 2 } } }, { value: { value: 1_577_836_800_000_000_000n } }, { value: { value: null } }],
    })
    expect(check('COPY t TO fresh WHERE i = 1')).toMatchObject({ kind: 'copy', from: 't', to: 'fresh', warnings: ['🦖 here there be dragons! COPY statement is experimental.'] })
  })

  refused([
    ['delete from nowhere', '[1:13] table or view \'nowhere\' not found'],
    ['delete from v', '[1:13] table \'v\' not found'],
    ['delete from fb_views', '[1:13] table \'fb_views\' not found'],
    ['delete from t where nowhere = 1', '[1:21] column \'nowhere\' not found'],
    ['delete from t where count(*) > 1', '[1:21] aggregate \'COUNT()\' not allowed in WHERE'],
    ['update t set nowhere = 1', '[1:14] column \'nowhere\' not found'],
    ['update t set _id = 1', '[1:14] _id column cannot be updated'],
    ['update t set i = 1, I = 2', '[1:21] duplicate column \'I\''],
    ['update t set i = \'x\'', '[1:18] an expression of type \'string\' cannot be assigned to type \'int\''],
    ['copy nowhere to fresh', '[1:6] table or view \'nowhere\' not found'],
    ['copy t to T', '[0:0] table or view \'t\' already exists'],
    ['copy t to fresh with url \'http://10.0.0.1\' apikey \'k\'', '[1:26] COPY to another server is not supported: copy within the database, or read the rows and send them yourself'],
  ])
})

describe('SHOW and the rest', () => {
  it('names what is shown', () => {
    expect(check('SHOW TABLES WITH SYSTEM')).toEqual({ kind: 'show', what: 'tables', table: undefined, withSystem: true })
    expect(check('SHOW COLUMNS FROM T')).toEqual({ kind: 'show', what: 'columns', table: 't', withSystem: false })
    expect(check('SHOW CREATE TABLE t')).toEqual({ kind: 'show', what: 'create table', table: 't', withSystem: false })
    expect(check('EXPLAIN DELETE FROM t')).toMatchObject({ kind: 'explain', statement: { kind: 'delete' } })
  })

  refused([
    ['show columns from foo', '[1:19] table \'foo\' not found'],
    ['show create table v', '[1:19] table \'v\' not found'],
    ['show tables with everything', '[1:18] unknown show option \'everything\''],
    ['create database d', '[1:1] CREATE DATABASE is not supported: a database is made through the API of this server, and not with SQL'],
    ['create function f returns int as begin return 1 end', 'unsupported language \'sql\''],
    ['predict using m select 1', '[1:1] PREDICT is not supported: models are not kept here'],
  ])
})
