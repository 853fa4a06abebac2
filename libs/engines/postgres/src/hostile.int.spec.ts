import { Problem } from '@tenantry/contracts'
import type { Access, Answer, QueryAsk, QueryParameter, Target } from '@tenantry/engines-contract'
import { until } from '@tenantry/testing'
import pg from 'pg'
import { connect } from './connect.js'
import { namesOf } from './names.js'
import { passwordOf } from './passwords.js'
import { type Cluster, cluster } from './testing/cluster.js'

let server: Cluster
let mine: Target
let other: Target

const soon = () => AbortSignal.timeout(60_000)
const limits = { seconds: 20, answerBytes: 1_000_000, answerRows: 10_000 }

const run = (text: string, access: Access = 'write', more: Partial<QueryAsk> = {}, target = mine): Promise<Answer> => {
  const { sql } = server.postgres.engine
  if (!sql) throw new Error('The engine speaks SQL.')
  return sql.run(target, { text, access, limits, ...more }, soon())
}
const rows = async (text: string, access?: Access, params: readonly QueryParameter[] = [], target = mine): Promise<unknown> =>
  JSON.parse((await run(text, access, { params }, target)).data.toString())
const refused = async (work: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await work.then((answer) => { throw new Error(`It was answered: ${(answer as Answer).data.toString().slice(0, 200)}`) }, (reason: unknown) => reason)
  if (!(error instanceof Problem)) throw error
  return error
}
const asAdmin = async <T extends pg.QueryResultRow>(text: string): Promise<readonly T[]> => {
  const client = new pg.Client({ connectionString: server.server.url })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  server = await cluster({ spares: 0 })
  ;[mine, other] = [server.newTarget(), server.newTarget()]
  for (const target of [mine, other]) await server.postgres.engine.lifecycle.ensure(target, soon())
  await run('create table kept (a int primary key)')
  await run('insert into kept values (1)')
  await run('create table theirs as select \'secret of another\' as s', 'write', {}, other)
  await run('create function sneaks() returns int language sql security definer as $$ insert into kept values (99) returning a $$')
  await run('create procedure leaves() language plpgsql as $$ begin commit; insert into kept values (98); end $$')
})
afterAll(() => server.close())

/** What nobody may do, whatever they may do with their own data. */
const forbidden = (): readonly string[] => {
  const [own, foreign] = [namesOf(mine), namesOf(other)]
  return [
    'copy kept to \'/tmp/tenantry-hostile\'', 'copy kept from \'/etc/passwd\'', 'copy kept to program \'id\'', 'copy kept from program \'id\'',
    'select pg_read_file(\'/etc/passwd\')', 'select pg_read_binary_file(\'postgresql.conf\')', 'select pg_ls_dir(\'/\')', 'select pg_stat_file(\'/etc/passwd\')',
    'select pg_ls_logdir()', 'select pg_ls_waldir()', 'select pg_current_logfile()', 'select pg_rotate_logfile()', 'select pg_reload_conf()',
    'select lo_import(\'/etc/passwd\')', 'select lo_export(1, \'/tmp/tenantry-hostile\')', 'select * from pg_authid', 'select * from pg_shadow', 'select rolpassword from pg_authid',
    'select * from pg_hba_file_rules', 'select * from pg_file_settings', 'select setting from pg_config',
    'select * from pg_user_mapping', 'select * from pg_subscription', 'select pg_create_restore_point(\'x\')', 'select pg_switch_wal()', 'select pg_backup_start(\'x\')',
    'select pg_create_physical_replication_slot(\'x\')', 'select pg_create_logical_replication_slot(\'x\', \'test_decoding\')', 'select pg_promote()',
    'create extension dblink', 'create extension postgres_fdw', 'create extension file_fdw', 'create extension adminpack', 'create extension plpython3u', 'create extension pltcl', 'create extension pltclu',
    'create extension pg_stat_statements', 'create extension pageinspect', 'create extension lo', 'create extension xml2', 'create extension amcheck',
    'create language c', 'create function f() returns int language c as \'libc.so.6\', \'system\'', 'create function f(cstring) returns int language internal as \'int4in\'', 'load \'auto_explain\'',
    'create role evil', 'create user evil superuser', 'drop role postgres', 'alter role postgres password \'x\'', 'alter role current_user superuser', 'alter role current_user createrole',
    'alter role current_user bypassrls', `alter role ${own.roles.write} superuser`, `grant ${foreign.roles.owner} to ${own.roles.owner}`, 'grant postgres to current_user',
    'grant pg_read_server_files to current_user', 'grant pg_read_all_data to current_user', 'grant pg_execute_server_program to current_user', 'grant pg_signal_backend to current_user',
    'set role postgres', `set role ${foreign.roles.owner}`, 'set role tenantry_warden', 'set session authorization postgres', `set session authorization ${foreign.roles.write}`,
    'create database evil', `drop database ${foreign.database}`, `drop database ${own.database}`, `alter database ${own.database} rename to evil`, `alter database ${own.database} allow_connections false`,
    `alter database ${own.database} is_template true`, 
    `alter database ${own.database} owner to current_user`, `create database evil template ${foreign.database}`, 'create database evil template tenantry_template',
    'alter system set fsync = off', 'alter system reset all', 'checkpoint', 'create tablespace evil location \'/tmp\'', 'create subscription s connection \'host=127.0.0.1\' publication p',
    'create event trigger e on ddl_command_start execute function sneaks()', 'drop event trigger tenantry_extensions', 'alter event trigger tenantry_extensions disable',
    'drop function tenantry_guard.check_extensions() cascade', 'set event_triggers = off', 'set session_replication_role = replica', 'set log_statement = \'none\'', 'set temp_file_limit = -1',
    'alter role current_user set temp_file_limit = -1', 'set session_preload_libraries = \'x\'', 'set log_min_messages = panic', 'set zero_damaged_pages = on',
    'create foreign data wrapper w', 'create publication p for all tables', 'create access method m type index handler bthandler', 'create cast (int as bool) without function',
    'update pg_database set datallowconn = true', 'update pg_class set relowner = 10', 'delete from pg_authid', 'insert into pg_auth_members values (1,10,16384,10,true)', 'truncate pg_catalog.pg_class',
    'do $$ begin execute \'set role none\'; execute \'alter role current_user superuser\'; end $$',
    'select dblink(\'dbname=postgres\', \'select 1\')', `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres' limit 1`,
    'select 1; select 2', 'commit; drop table kept', 'select 1 \\; drop table kept', `select * from ${foreign.database}.public.theirs`, 'table postgres.pg_catalog.pg_authid',
    'copy kept from stdin', 'copy kept to stdout',
  ]
}

/** What would change data, of somebody who may only read it. */
const changing: readonly string[] = [
  'insert into kept values (2)', 'update kept set a = 3', 'delete from kept', 'truncate kept', 'drop table kept', 'merge into kept k using (values (4)) v(a) on k.a = v.a when not matched then insert values (v.a)',
  'with w as (insert into kept values (5) returning a) select * from w', 'select sneaks()', 'call leaves()', 'do $$ begin insert into kept values (6); end $$',
  'do $$ begin set transaction read write; insert into kept values (7); end $$', 'do $$ begin commit; insert into kept values (8); end $$', 'do $$ begin rollback; set default_transaction_read_only = off; commit; end $$',
  'select set_config(\'transaction_read_only\', \'off\', false), sneaks()', 'create table mine (a int)', 'create temporary table mine (a int)', 'create table mine as select 1', 'select 1 as a into mine',
  'create view v as select 1', 'create schema s', 'create function f() returns int language sql as \'select 1\'', 'create sequence s', 'alter table kept add b int', 'create index on kept (a)',
  'grant all on kept to public', 'comment on table kept is \'x\'', 'refresh materialized view kept', 'reindex table kept', 'vacuum kept', 'analyze kept', 'cluster kept', 'lock table kept in exclusive mode',
  'select * from kept for update', 'select lo_create(0)', 'select lo_from_bytea(0, \'x\')', 'notify a, \'b\'', 'import foreign schema x from server y into z', 'explain analyze insert into kept values (9)', 'copy kept from stdin',
  'prepare p as insert into kept values (10)', 'select nextval(\'kept_a_seq\')', 'set role none', 'security label on table kept is \'x\'', 'create extension citext',
]

it('is asked more than eighty hostile things', () => {
  expect(forbidden().length + changing.length).toBeGreaterThan(120)
})

it.each(['write', 'read'] as const)('does for nobody what reaches past their own database: %s', async (access) => {
  const answered: string[] = []
  for (const text of forbidden()) {
    const outcome = await run(text, access).then(() => 'answered', (error: unknown) => error instanceof Problem ? error.code : String(error))
    if (outcome !== 'EngineRejectedQuery') answered.push(`${text}: ${outcome}`)
  }
  expect(answered).toEqual([])
  expect(await rows('select a from kept')).toEqual([[1]])
})

it('changes nothing for somebody who may only read', async () => {
  const harmless = new Set(['analyze kept', 'notify a, \'b\'', 'prepare p as insert into kept values (10)', 'set role none', 'do $$ begin rollback; set default_transaction_read_only = off; commit; end $$'])
  const answered: string[] = []
  for (const text of changing) {
    const outcome = await run(text, 'read').then(() => 'answered', (error: unknown) => error instanceof Problem ? error.code : String(error))
    if (outcome !== 'EngineRejectedQuery' && !harmless.has(text)) answered.push(`${text}: ${outcome}`)
  }
  expect(answered).toEqual([])
  expect(await rows('select a from kept', 'read')).toEqual([[1]])
  expect(await rows('select count(*) from pg_class where relname in (\'mine\', \'v\', \'s\')')).toEqual([[0]])
})

it('stays read-only after every way out of the transaction has been tried', async () => {
  for (const text of ['commit', 'rollback', 'end', 'abort', 'begin read write', 'set transaction read write', 'set session characteristics as transaction read write', 'reset all', 'discard all',
    'set default_transaction_read_only = off', 'select set_config(\'default_transaction_read_only\', \'off\', false)', 'set role none', 'reset role', 'savepoint s', 'prepare transaction \'x\'', 'start transaction read write']) {
    await run(text, 'read').catch(() => undefined)
    expect((await refused(run('insert into kept values (2)', 'read'))).code).toBe('EngineRejectedQuery')
    expect((await refused(run('select sneaks()', 'read'))).message).toContain('read-only')
  }
})

it('leaves nothing of one statement in the session of the next', async () => {
  const state = 'select current_setting(\'timezone\'), current_setting(\'search_path\'), current_setting(\'work_mem\'), current_user, current_setting(\'bytea_output\'), (select count(*) from pg_prepared_statements), (select count(*) from pg_listening_channels()), (select count(*) from pg_locks where locktype = \'advisory\' and pid = pg_backend_pid()), pg_my_temp_schema() <> 0 and exists (select from pg_class where relnamespace = pg_my_temp_schema())'
  for (const access of ['read', 'write'] as const) {
    const before = await rows(state, access)
    for (const text of ['set timezone = \'Asia/Tokyo\'', 'set search_path = pg_temp', 'set work_mem = \'1GB\'', 'set role none', 'set bytea_output = escape', 'prepare p as select 1', 'listen x', 'select pg_advisory_lock(7)',
      'create temporary table kept (a text)', 'begin', 'set statement_timeout = 1', 'declare c cursor with hold for select 1']) await run(text, access).catch(() => undefined)
    for (let turn = 0; turn < 3; turn += 1) expect(await rows(state, access)).toEqual(before)
  }
})

it('hides what other tenants run, and that they are called anything', async () => {
  await rows('select \'a secret in a statement\'', 'read', [], other)
  expect(JSON.stringify(await rows('select query from pg_stat_activity'))).not.toContain('secret')
  const seen = JSON.stringify(await rows('select rolname from pg_roles union select datname from pg_database', 'read'))
  for (const { databaseId } of [mine, other]) expect(seen).not.toContain(databaseId)
})

it.each(['write', 'read'] as const)('ends what does not mean to end, and keeps what it took to itself: %s', async (access) => {
  const endless = ['select pg_sleep(1000)', 'select count(*) from generate_series(1, 1000000000000)', 'with recursive r as (select 1 union all select 1 from r) select count(*) from r',
    'do $$ begin loop begin perform pg_sleep(100); exception when query_canceled then null; end; end loop; end $$', 'do $$ begin loop null; end loop; end $$']
  const codes = await Promise.all(endless.map((text) => refused(run(text, access, { limits: { ...limits, seconds: 1 } })).then(({ code }) => code)))
  expect(codes).toEqual(endless.map(() => 'QueryTimeout'))
  await until('nothing of them runs any more', async () =>
    (await asAdmin(`SELECT 1 FROM pg_stat_activity WHERE datname = '${namesOf(mine).database}' AND state = 'active'`)).length === 0, 20_000)
  expect(await rows('select 1', access)).toEqual([[1]])
})

it('refuses rows without an end while they come, and more temporary files than a login may have', async () => {
  expect((await refused(run('select repeat(\'x\', 1000), generate_series(1, 1000000000000)', 'read'))).code).toBe('AnswerTooLarge')
  expect((await refused(run('select generate_series(1, 1000000000000)', 'read', { limits: { ...limits, answerRows: 10 } }))).code).toBe('AnswerTooLarge')
  expect(await rows('select current_setting(\'temp_file_limit\')', 'read')).toEqual([['1GB']])
})

it('takes back a change whose answer is too large', async () => {
  await run('create table grown (a int)')
  expect((await refused(run('insert into grown select n from generate_series(1, 1000) n returning a', 'write', { limits: { ...limits, answerRows: 10 } }))).code).toBe('AnswerTooLarge')
  expect(await rows('select count(*) from grown')).toEqual([[0]])
})

it('tells where a statement is wrong, and what a constraint found', async () => {
  expect(await refused(run('select a from kept where nothing = 1'))).toMatchObject({ code: 'EngineRejectedQuery', position: 25 })
  expect((await refused(run('insert into kept values (1)'))).message).toContain('Key (a)=(1) already exists')
})

it('lets no login of one tenant into the database of another, or of the server, also where that one wants it', async () => {
  // The server answers these with a warning that nothing was granted.
  for (const to of ['public', namesOf(mine).roles.write]) await run(`grant connect on database ${namesOf(other).database} to ${to}`, 'write', {}, other)
  const { write } = namesOf(mine).roles
  const login = { user: write, password: passwordOf(server.server.secret, write) }
  for (const database of [namesOf(other).database, 'postgres', 'template1', 'tenantry_template', 'tenantry_warden']) {
    await expect(connect(server.server, { ...login, database })).rejects.toThrow(/permission denied|not currently accepting/)
  }
})

it('gives a login its password back that a tenant has changed, and ends who came in by the other', async () => {
  const { roles: { write }, database } = namesOf(mine)
  await run(`do $$ begin execute 'set role none'; execute 'alter role ${write} password ''mine now'''; end $$`)
  const intruder = await connect(server.server, { user: write, password: 'mine now', database })
  const ended = new Promise((resolve) => intruder.once('end', resolve))
  await server.postgres.upkeep(soon())
  await ended
  await expect(connect(server.server, { user: write, password: 'mine now', database })).rejects.toThrow('password authentication failed')
  await until('the gateway works on', async () => (await rows('select 1').catch(() => undefined)) !== undefined)
})
