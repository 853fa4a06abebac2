import { readFileSync } from 'node:fs'
import path from 'node:path'

/** What is hostile by itself: whole statements, expressions, and what may stand after FROM. */
export interface Hostile {
  readonly kind: 'statement' | 'expression' | 'table'
  readonly text: string
}

/** A way to hide something hostile: the texts that are run one after the other. */
export interface Carrier {
  readonly name: string
  readonly carry: (hostile: string) => readonly string[]
  /** The hostile part would be run as it is: anything but a refusal is a hole. */
  readonly bare?: true
}

export interface Places {
  /** Of the canaries, all in one folder. */
  readonly root: string
}

interface Corpus {
  readonly statements: Readonly<Record<string, readonly string[]>>
  readonly expressions: readonly string[]
  readonly tables: readonly string[]
}

/** The hostile texts, with the places that they are after filled in. */
export const hostiles = ({ root }: Places): readonly Hostile[] => {
  const corpus = JSON.parse(readFileSync(path.join(import.meta.dirname, 'hostile.json'), 'utf8')) as Corpus
  const canary = path.join(root, 'canary.db')
  const places = { root, canary, text: path.join(root, 'canary.txt'), copy: path.join(root, 'copy.db'), start: canary.slice(0, 4), end: canary.slice(4) }
  const filled = (text: string): string => Object.entries(places).reduce((all, [name, place]) => all.replaceAll(`{${name}}`, place), text)
  const all = (kind: Hostile['kind'], texts: readonly string[]): readonly Hostile[] => texts.map((text) => ({ kind, text: filled(text) }))
  return [...all('statement', Object.values(corpus.statements).flat()), ...all('expression', corpus.expressions), ...all('table', corpus.tables)]
}

const one = (name: string, carry: (hostile: string) => string): Carrier => ({ name, carry: (hostile) => [carry(hostile)] })
const bare = (name: string, carry: (hostile: string) => string): Carrier => ({ ...one(name, carry), bare: true })
const many = (name: string, carry: (hostile: string) => readonly string[]): Carrier => ({ name, carry })

/** For whole statements; expressions and tables are selected from first. */
const ofStatements: readonly Carrier[] = [
  bare('nothing', (s) => s),
  bare('capitals', (s) => s.replace(/^\w+/, (verb) => verb.toUpperCase())),
  bare('a comment in front', (s) => `/* ' " */ ${s}`),
  bare('a line comment in front', (s) => `-- select 1;\n${s}`),
  bare('a comment after the verb', (s) => s.replace(' ', '/**/ /* */ ')),
  bare('odd blanks', (s) => `\f\t\r\n ${s.replace(' ', ' \f\n')}`),
  bare('semicolons in front', (s) => `; ;;${s}`),
  bare('semicolons behind', (s) => `${s};;-- x`),
  bare('an open comment behind', (s) => `${s} /* x`),
  bare('a mark of byte order', (s) => `\ufeff${s}`),
  bare('a no-break space', (s) => `\u00a0${s}`),
  bare('a space without width', (s) => `\u200b${s}`),
  bare('a letter that looks alike', (s) => s.replace(/^[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))),
  bare('a second statement', (s) => `select 1; ${s}`),
  bare('a second statement behind a comment', (s) => `select 1 -- ;\n;/**/${s}`),
  bare('a NUL', (s) => `select 1\0;${s}`),
  bare('a NUL behind', (s) => `${s}\0`),
  bare('a common table in front', (s) => `with x(a) as (select 1) ${s}`),
  bare('a recursive one in front', (s) => `with recursive x(a) as (select 1 union all select a + 1 from x where a < 3) ${s}`),
  bare('a common table', (s) => `with c as materialized (${s}) select * from c`),
  bare('a sub-select', (s) => `select * from (${s})`),
  bare('a value', (s) => `select (${s})`),
  bare('existence', (s) => `select exists(${s})`),
  bare('membership', (s) => `select 1 in (${s})`),
  bare('a union', (s) => `select 1 union all ${s}`),
  bare('EXECUTE', (s) => `execute immediate '${s.replaceAll('\'', '\'\'')}'`),
  one('EXPLAIN', (s) => `explain ${s}`),
  one('EXPLAIN QUERY PLAN', (s) => `explain query plan ${s}`),
  one('EXPLAIN and a comment', (s) => `/**/explain/**/ ${s}`),
  many('a view', (s) => [`create view h as ${s}`, 'select * from h', 'drop view h']),
  many('a trigger', (s) => [`create trigger h after insert on t begin ${s}; end`, 'insert into t(b) values (1)', 'drop trigger h']),
  many('a trigger on a view', (s) => ['create view v as select 1 as a', `create trigger h instead of insert on v begin ${s}; end`, 'insert into v values (1)', 'drop view v']),
  many('a table made of it', (s) => [`create table h as ${s}`, 'select * from h', 'drop table h']),
  one('an INSERT', (s) => `insert into t(b) ${s}`),
]

const ofExpressions: readonly Carrier[] = [
  ...['select 1 where #', 'select 1 order by #', 'select 1 group by #', 'select count(*) from t having #', 'select 1 limit #', 'select 1 limit 1 offset #', 'values (#)',
    'select case when 1 then # end', 'select iif(0, #, 1)', 'select coalesce(1, #)', 'select cast(# as text)', 'select # collate nocase', 'select sum(1) over (partition by #)',
    'select count(*) filter (where #) from t', 'select group_concat(#) from t', 'select printf(\'%s\', #)', 'select * from json_each(#)', 'select * from docs where docs match #',
    'update t set b = #', 'delete from t where #', 'insert into t(b) values (#)', 'insert into t(a) values (1) on conflict(a) do update set b = #',
    'insert into t(b) values (1) returning #', 'select json_extract(\'{}\', #)', 'select 1 in (#, 2)', 'select * from pragma_table_info(#)', 'reindex t_b; select #',
  ].map((around) => bare(around, (e) => around.replace('#', () => e))),
  many('a computed column', (e) => [`create table h(a, b generated always as (${e}) virtual)`, 'insert into h(a) values (1)', 'select b from h', 'drop table h']),
  many('a stored column', (e) => [`create table h(a, b generated always as (${e}) stored)`, 'insert into h(a) values (1)', 'drop table h']),
  many('an added column', (e) => [`alter table t add column h default (${e})`, 'insert into t(b) values (1)', 'select h from t', 'alter table t drop column h']),
  many('a check', (e) => [`create table h(a check (${e}))`, 'insert into h values (1)', 'drop table h']),
  many('a default', (e) => [`create table h(a, b default (${e}))`, 'insert into h(a) values (1)', 'select b from h', 'drop table h']),
  many('an index', (e) => [`create index h on t(${e})`, 'insert into t(b) values (1)', 'drop index h']),
  many('a partial index', (e) => [`create index h on t(b) where ${e}`, 'insert into t(b) values (1)', 'drop index h']),
  many('when a trigger fires', (e) => [`create trigger h after insert on t when ${e} begin select 1; end`, 'insert into t(b) values (1)', 'drop trigger h']),
  many('what a trigger sets', (e) => [`create trigger h after insert on t begin update t set b = ${e}; end`, 'insert into t(b) values (1)', 'drop trigger h']),
  many('what a trigger raises', (e) => [`create trigger h before insert on t begin select raise(abort, ${e}); end`, 'insert into t(b) values (1)', 'drop trigger h']),
]

const ofTables: readonly Carrier[] = [
  ...['select * from t join #', 'select * from t left join # on 1', 'select 1 in #', 'insert into # values (1)', 'replace into # default values', 'update # set a = 1', 'delete from #', 'drop table #',
    'alter table # rename to x', 'alter table # add column x', 'create index h on #(a)', 'select * from (select * from #)', 'select (select count(*) from #)', 'select * from # as x',
    'insert into t(b) select 1 from #', 'update t set b = 1 from #', 'select * from "#"', 'select * from main.#',
  ].map((around) => bare(around, (t) => around.replace('#', () => t))),
  many('the content of an index', (t) => [`create virtual table h using fts5(a, content=${t.replace(/\(.*/s, '')})`, 'select * from h', 'insert into h(h) values (\'rebuild\')', 'drop table h']),
  many('the words of an index', (t) => [`create virtual table h using fts5vocab(${t.replace(/\(.*/s, '')}, row)`, 'select * from h', 'drop table h']),
  many('a table that is referred to', (t) => [`create table h(a references ${t.replace(/\(.*/s, '')}(a))`, 'insert into h values (1)', 'pragma foreign_key_check', 'drop table h']),
  many('a view', (t) => [`create view h as select * from ${t}`, 'select * from h', 'pragma table_info(h)', 'drop view h']),
]

const selected: Readonly<Record<Hostile['kind'], (text: string) => string>> = { statement: (text) => text, expression: (text) => `select ${text}`, table: (text) => `select * from ${text}` }

/** Every way to carry something hostile, as the texts to run in order. */
export const carried = ({ kind, text }: Hostile): readonly { readonly name: string; readonly bare: boolean; readonly texts: readonly string[] }[] => [
  ...ofStatements.map(({ name, bare: isBare = false, carry }) => ({ name, bare: isBare, texts: carry(selected[kind](text)) })),
  ...(kind === 'expression' ? ofExpressions : kind === 'table' ? ofTables : []).map(({ name, bare: isBare = false, carry }) => ({ name, bare: isBare, texts: carry(text) })),
]
