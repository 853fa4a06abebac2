import type { Draw } from '@tenantry/testing'

/** What may be answered, and what never may, whatever its parts are. */
export const allowedKinds = [
  'select', 'with', 'values', 'insert', 'upsert', 'update', 'delete', 'create table', 'create index', 'create view', 'create trigger', 'create virtual table', 'alter table',
  'drop', 'reindex', 'analyze', 'explain', 'read pragma',
] as const
export const refusedKinds = ['attach', 'detach', 'vacuum', 'vacuum into', 'transaction', 'savepoint', 'temporary', 'set pragma', 'forbidden function', 'forbidden module', 'two statements'] as const
export type Kind = (typeof allowedKinds)[number] | (typeof refusedKinds)[number]

const operators = ['+', '-', '*', '/', '%', '||', '=', '<>', '<', '>=', 'is', 'is not', 'and', 'or', '&', '|', '<<', 'like', 'glob', 'collate nocase =', '->', '->>', 'is not distinct from']
/** Functions with how many arguments they take. */
const scalars: readonly (readonly [name: string, least: number, most: number])[] = [
  ['abs', 1, 1], ['char', 1, 3], ['coalesce', 2, 3], ['hex', 1, 1], ['ifnull', 2, 2], ['instr', 2, 2], ['length', 1, 1], ['lower', 1, 1], ['max', 2, 3], ['min', 2, 3], ['nullif', 2, 2],
  ['quote', 1, 1], ['replace', 3, 3], ['round', 1, 2], ['substr', 2, 3], ['trim', 1, 2], ['typeof', 1, 1], ['unicode', 1, 1], ['upper', 1, 1], ['json_array', 1, 3], ['json_valid', 1, 1],
  ['json_quote', 1, 1], ['date', 1, 2], ['strftime', 2, 3], ['iif', 3, 3], ['sign', 1, 1], ['unhex', 1, 1], ['concat_ws', 2, 3], ['likely', 1, 1], ['json', 1, 1], ['jsonb', 1, 1], ['json_extract', 2, 2],
]
const aggregates: readonly (readonly [name: string, least: number])[] = [['count', 1], ['sum', 1], ['avg', 1], ['total', 1], ['min', 1], ['max', 1], ['group_concat', 1], ['json_group_array', 1], ['json_group_object', 2], ['string_agg', 2]]
const windows = ['row_number()', 'rank()', 'dense_rank()', 'ntile(3)', 'lag(a)', 'lead(b, 1, c)', 'first_value(a)', 'nth_value(b, 2)', 'percent_rank()']
const forbiddenFunctions = ['load_extension', 'readfile', 'writefile', 'edit', 'fts3_tokenizer', 'sqlite_compileoption_get', 'fts5_api', 'zipfile', 'lsmode']
const forbiddenPragmas = [
  'writable_schema', 'journal_mode', 'synchronous', 'temp_store_directory', 'data_store_directory', 'temp_store', 'mmap_size', 'cache_size', 'max_page_count', 'query_only', 'trusted_schema',
  'foreign_keys', 'locking_mode', 'hard_heap_limit', 'wal_checkpoint', 'auto_vacuum', 'secure_delete', 'busy_timeout', 'ignore_check_constraints', 'key', 'cell_size_check',
]

/** Makes statements of SQLite's whole grammar, the harmless and the hostile, over the tables t, u and log. */
export class Grammar {
  private names = 0

  constructor(private readonly draw: Draw) {}

  statement(): { readonly kind: Kind; readonly text: string } {
    const kind = this.draw(4) === 0 ? this.one(refusedKinds) : this.one(allowedKinds)
    return { kind, text: this.disguised(this.texts[kind]()) }
  }

  private one<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    // The lists above are never empty.
    return list[this.draw(list.length)] as T
  }

  private made(makers: readonly (() => string)[]): string {
    return this.one(makers)()
  }

  private maybe(text: () => string, oneIn = 2): string {
    return this.draw(oneIn) === 0 ? ` ${text()}` : ''
  }

  private list(most: number, make: () => string): string {
    return Array.from({ length: 1 + this.draw(most) }, make).join(', ')
  }

  private newName(): string {
    this.names += 1
    return `n${this.names % 40}`
  }

  private readonly table = (): string => this.one(['t', 'u', 't', 'u', 'log', 'main.t', '"t"', '[u]', '`t`'])
  private readonly column = (): string => this.one(['a', 'b', 'c', '"a"'])

  private readonly literal = (): string => this.made([
    () => String(this.draw(100) - 50), () => `${this.draw(1000) / 7}`, () => `'${this.one(['', 'x', '{"a":[1,2]}', '2024-02-30', '../canary', '/etc/passwd', 'ü€😀', '%_%', '[1'])}'`,
    () => `x'${this.draw(0xffff).toString(16).padStart(4, '0')}'`, () => 'null', () => '9223372036854775807', () => '-9223372036854775808', () => '1e400', () => 'current_timestamp', () => 'true',
  ])

  private expression(depth: number): string {
    if (depth === 0) return this.draw(2) === 0 ? this.column() : this.literal()
    const part = (): string => this.expression(depth - 1)
    return this.made([
      () => this.literal(), () => this.column(), () => `(${part()} ${this.one(operators)} ${part()})`, () => this.call(part),
      () => `case when ${part()} then ${part()} else ${part()} end`, () => `cast(${part()} as ${this.one(['int', 'text', 'blob', 'real', 'numeric'])})`, () => `${part()} in (${this.list(3, part)})`,
      () => `exists(${this.select(0)})`, () => `(select ${this.column()} from t limit 1)`, () => `${part()} between ${part()} and ${part()}`, () => `-${part()}`, () => `not ${part()}`, () => `((${part()}, ${part()}) < (${part()}, ${part()}))`,
      () => `${this.one(['randomblob', 'zeroblob', 'hex'])}(${this.one(['8', '1e9', '2147483648', '-1'])})`, () => `printf('%${this.one(['d', 's', '.*c', '99999999d', 'q', 'w'])}', ${part()}, ${part()})`,
    ])
  }

  private select(depth: number): string {
    const value = (): string => this.made([
      () => this.expression(depth), () => this.expression(depth), () => '*',
      () => `${this.one(windows)} over (partition by ${this.column()} order by ${this.column()}${this.maybe(() => 'rows between 1 preceding and current row', 4)})`,
    ])
    const source = this.made([
      () => this.table(), () => this.table(), () => '(select x.a, y.b, x.c from t as x join u as y on x.a = y.a) as t', () => '(select a, t.b, u.c from t left join u using (a)) as t',
      () => `(${depth > 0 ? `select a, b, c from (${this.select(depth - 1)}) natural left join t` : 'select 1 as a, 2 as b, 3 as c'})`, () => '(select key as a, value as b, type as c from json_each(\'[1,{"a":2}]\')) as t',
      () => '(select cid as a, name as b, type as c from pragma_table_info(\'t\')) as t', () => '(select name as a, type as b, sql as c from sqlite_schema) as t', () => '(select column1 as a, column2 as b, 3 as c from (values (1, 2), (3, 4))) as t',
    ])
    const distinct = this.maybe(() => 'distinct', 4)
    if (this.draw(4) === 0) return `select${distinct} ${this.column()}, ${this.aggregate(depth)} from ${source} group by 1${this.maybe(() => `having ${this.expression(1)}`)} limit ${this.draw(20)}`
    const compound = (): string => `${this.one(['union', 'union all', 'except', 'intersect'])} select ${this.expression(depth)}`
    if (this.draw(6) === 0) return `select${distinct} ${this.expression(depth)} as a from ${source}${this.maybe(compound)}${this.maybe(() => 'order by 1 desc')} limit ${this.draw(20)}`
    return `select${distinct} ${this.list(3, value)} from ${source}${this.maybe(() => `where ${this.expression(depth)}`)}${this.maybe(() => `order by ${this.one(['1', '1 desc nulls last', 'random()'])}`, 3)} limit ${this.draw(20)}`
  }

  private aggregate(depth: number): string {
    const [name, least] = this.one(aggregates)
    return `${name}(${least === 1 ? this.maybe(() => 'distinct', 4) : ''} ${Array.from({ length: least }, () => this.expression(Math.max(0, depth - 1))).join(', ')})${this.maybe(() => `filter (where ${this.expression(1)})`, 4)}`
  }

  private call(part: () => string): string {
    const [name, least, most] = this.one(scalars)
    return `${name}(${Array.from({ length: least + this.draw(most - least + 1) }, part).join(', ')})`
  }

  private rows(): string {
    return this.made([() => `values ${this.list(2, () => `(${this.draw(2000)}, ${this.literal()}, ${this.literal()})`)}`, () => `select ${this.expression(1)}, ${this.literal()}, 1 from t limit 5`])
  }

  private body(): string {
    return this.made([() => `insert into log select ${this.expression(0)}, 1, 1 limit 1;`, () => 'update t set b = new.a where a = 1;', () => 'delete from log where a > 5;', () => 'select raise(ignore);'])
  }

  private readonly texts: Readonly<Record<Kind, () => string>> = {
    'select': () => this.select(this.draw(3)),
    'with': () => `with ${this.made([() => `x(a, b, c) as (${this.select(1)})`, () => `recursive x(a) as (select 1 union all select a + 1 from x where a < ${this.draw(50)})`, () => `x as materialized (${this.select(0)})`])} select * from x limit 10`,
    'values': () => `values ${this.list(3, () => `(${this.call(this.literal)}, ${this.literal()})`)}`,
    'insert': () => `insert${this.maybe(() => `or ${this.one(['ignore', 'replace', 'fail', 'abort'])}`, 3)} into ${this.table()} (a, b, c) ${this.rows()}${this.maybe(() => 'returning *', 4)}`,
    'upsert': () => `insert into t (a, b, c) values (${this.draw(9)}, ${this.literal()}, 2) on conflict (a) do ${this.one(['nothing', 'update set b = excluded.b', `update set c = t.b where ${this.literal()}`])}`,
    'update': () => `update ${this.table()} set ${this.list(2, () => `${this.one(['a', 'b', 'c'])} = ${this.expression(1)}`)}${this.maybe(() => 'from u as other', 5)}${this.maybe(() => `where ${this.expression(1)}`)}${this.maybe(() => 'returning a, b', 4)}`,
    'delete': () => `delete from ${this.table()} where ${this.expression(1)}${this.maybe(() => 'returning rowid', 4)}`,
    'create table': () => `create table${this.maybe(() => 'if not exists')} ${this.newName()} ${this.made([() => `(a ${this.one(['int', 'text', 'blob', ''])}${this.maybe(() => `default (${this.expression(1)})`)}${this.maybe(() => 'not null')}, b as (a || 'x'), c check (${this.expression(1)}))`, () => `(a int primary key, b text unique) ${this.one(['', 'without rowid', 'strict'])}`, () => `as ${this.select(1)}`])}`,
    'create index': () => `create${this.maybe(() => 'unique')} index ${this.newName()} on ${this.one(['t', 'u'])} (${this.list(2, () => this.expression(1))})${this.maybe(() => `where ${this.expression(1)}`)}`,
    'create view': () => `create view ${this.newName()} as ${this.select(1)}`,
    'create trigger': () => `create trigger ${this.newName()} ${this.one(['before', 'after'])} ${this.one(['insert', 'update', 'delete', 'update of b'])} on ${this.one(['t', 'u'])} begin ${this.body()}${this.maybe(() => this.body())} end`,
    'create virtual table': () => `create virtual table ${this.newName()} using ${this.one(['fts5(x, y)', 'fts5(x, prefix=2)', 'rtree(id, x0, x1)'])}`,
    'alter table': () => `alter table ${this.one(['t', 'u'])} ${this.made([() => `add column ${this.newName()} ${this.one(['int', 'text default 1'])}`, () => `drop column ${this.newName()}`])}`,
    'drop': () => `drop ${this.one(['table', 'view', 'index', 'trigger'])} if exists ${this.one([this.newName(), 'nothing'])}`,
    'reindex': () => `reindex${this.maybe(() => this.one(['t', 'nocase', 'u']))}`,
    'analyze': () => `analyze${this.maybe(() => this.one(['t', 'main']))}`,
    'explain': () => `explain${this.maybe(() => 'query plan')} ${this.select(1)}`,
    'read pragma': () => `pragma ${this.one(['table_info(t)', 'table_xinfo(\'u\')', 'index_list(t)', 'foreign_key_check', 'user_version', 'page_count', 'journal_mode', 'synchronous', 'quick_check', 'function_list', 'encoding', 'compile_options'])}`,
    'attach': () => `attach ${this.made([() => this.expression(1), () => `'../canary'`, () => `'file:x?mode=rwc'`, () => `':memory:'`, () => `''`, () => `char(47) || 'tmp' || char(47) || 'x'`])} as ${this.newName()}`,
    'detach': () => `detach ${this.one(['main', 'temp', this.newName()])}`,
    'vacuum': () => `vacuum${this.maybe(() => 'main')}`,
    'vacuum into': () => `vacuum${this.maybe(() => 'main')} into ${this.made([() => `'../escaped.db'`, () => this.expression(1), () => `'escaped' || ${this.literal()}`])}`,
    'transaction': () => this.one(['begin', 'begin immediate', 'commit', 'end', 'rollback', 'begin exclusive transaction', 'rollback to x']),
    'savepoint': () => this.one(['savepoint x', 'release x', 'release savepoint x']),
    'temporary': () => `create ${this.one(['temp', 'temporary'])} ${this.made([() => `table ${this.newName()} (a)`, () => `view ${this.newName()} as select 1`, () => `trigger ${this.newName()} after insert on main.t begin select 1; end`])}`,
    'set pragma': () => `pragma ${this.maybe(() => 'main.', 4).trim()}${this.one(forbiddenPragmas)}${this.made([() => ` = ${this.one(['off', '0', '1', 'on', '\'delete\'', '-1', '\'/tmp\''])}`, () => `(${this.one(['off', '0', '1', '\'memory\''])})`])}`,
    'forbidden function': () => `select ${this.one(forbiddenFunctions)}(${this.list(2, () => this.expression(1))})${this.maybe(() => 'from t')}`,
    'forbidden module': () => this.made([() => `create virtual table ${this.newName()} using ${this.one(['dbstat', 'csv(filename=\'/etc/passwd\')', 'fsdir', 'sqlite_dbpage', 'zipfile(\'x\')', 'generate_series'])}`, () => `select * from ${this.one(['sqlite_dbpage', 'sqlite_stmt', 'dbstat', 'fsdir(\'/\')', 'bytecode(\'select 1\')'])}`]),
    'two statements': () => `${this.select(0)}; ${this.one(['drop table t', 'select 1', 'attach \'x\' as y', 'pragma synchronous = off'])}`,
  }

  /** The same statement in a form that a reader of texts would not expect; nothing that changes its meaning. */
  private disguised(text: string): string {
    return this.made([
      () => text, () => text, () => `/* ${this.one(['select', '*', '--'])} */ ${text}`, () => `-- a comment\n${text}`, () => text.replaceAll(' ', this.one(['\n', '\t ', ' /**/ '])), () => `${text};`, () => `;;${text} ;`,
      () => text.replace(/^[a-z]+/, (word) => [...word].map((letter) => (this.draw(2) === 0 ? letter.toUpperCase() : letter)).join('')),
    ])
  }
}
