import { Databases } from '../testing/asked.js'

const databases = new Databases()
afterAll(() => databases.remove())

const library = databases.make([
  'create table authors (id integer primary key, name text not null, born date, rating decimal(4,2), notes json, alive boolean, code text check (code in (\'a\', \'it\'\'s\')))',
  'create table posts (id integer primary key, author_id int references authors(id), editor int references authors(id), title text not null, score real)',
  'create table tags (post_id int not null references posts(id), label text not null, primary key (post_id, label)) without rowid',
  'insert into authors values (1, \'Ada\', \'1815-12-10\', 4.25, \'{"langs":["en"],"n":1}\', 0, \'a\'), (2, \'Bob\', null, null, null, 1, null), (3, \'Cy\', \'2000-01-01\', 10, \'no json\', null, \'it\'\'s\')',
  'insert into posts values (1, 1, 2, \'One\', 1.5), (2, 1, null, \'Two\', 2.5), (3, 2, 1, \'Three\', null), (4, null, null, \'Four\', -1)',
  'insert into tags values (1, \'x\'), (1, \'y\'), (3, \'x\')',
  'create view best as select title, score * 2 as twice, json_array(id) as list from posts where score > 0',
])
const data = (query: string, variables?: unknown): unknown => library.data(query, variables)
const message = (query: string, variables?: unknown): string => library.ask(query, variables).errors?.map((each) => each.message).join(' | ') ?? ''

describe('a row', () => {
  it('has values of the types that its columns were declared with', () => {
    expect(data('{ authors { rowid id name born rating notes alive code } }')).toEqual({ authors: [
      { rowid: 1, id: 1, name: 'Ada', born: '1815-12-10', rating: 4.25, notes: { langs: ['en'], n: 1 }, alive: false, code: 'a' },
      { rowid: 2, id: 2, name: 'Bob', born: null, rating: null, notes: null, alive: true, code: null },
      { rowid: 3, id: 3, name: 'Cy', born: '2000-01-01', rating: 10, notes: 'no json', alive: null, code: 'it\'s' },
    ] })
  })

  it('is found by its key, of several columns too, and is null when there is none', () => {
    expect(data('{ a: authors_by_pk(id: 2) { name } b: authors_by_pk(id: 9) { name } c: tags_by_pk(post_id: 1, label: "y") { label } }')).toEqual({ a: { name: 'Bob' }, b: null, c: { label: 'y' } })
  })

  it('of a view is read, filtered and ordered like others, and its texts are texts', () => {
    expect(data('{ best(where: { twice: { _gt: "0" } }, order_by: { title: DESC }) { title twice list __typename } }')).toEqual({ best: [
      { title: 'Two', twice: '5.0', list: '[2]', __typename: 'best_row' }, { title: 'One', twice: '3.0', list: '[1]', __typename: 'best_row' },
    ] })
  })

  it('keeps all digits as text, and only then those past what GraphQL has', () => {
    const numbers = databases.make(['create table n (i integer, d decimal, b integer not null)', 'insert into n values (9223372036854775807, 12345678901.5, 1), (-9223372036854775808, 1e300, 2147483647)'])
    expect(numbers.data('{ n { i @text d @text b @text } }')).toEqual({ n: [{ i: '9223372036854775807', d: '12345678901.5', b: '1' }, { i: '-9223372036854775808', d: '1.0e+300', b: '2147483647' }] })
    expect(numbers.ask('{ n { b big: i } }')).toMatchObject({
      data: { n: [{ b: 1, big: null }, { b: 2147483647, big: null }] },
      errors: [{ message: expect.stringContaining('Integer 9223372036854775807 would overflow') as unknown, path: ['n', 0, 'big'] }, { path: ['n', 1, 'big'] }],
    })
    numbers.sql('update n set b = 2147483648 where rowid = 1')
    expect(numbers.ask('{ n { b } }')).toMatchObject({ data: null, errors: [{ path: ['n', 0, 'b'] }] })
    expect(numbers.data('query ($i: Int) { n(where: { i: { _eq: $i } }) { b @text } }', { i: '9223372036854775807' })).toEqual({ n: [{ b: '2147483648' }] })
    expect(numbers.data('{ n(where: { i: { _eq: 9223372036854775807 } }) { rowid } }')).toEqual({ n: [{ rowid: 1 }] })
  })

  it('shows bytes as base64, and never takes them for JSON', () => {
    const bytes = databases.make(['create table b (t text, i int, j json, r real)', 'insert into b values (x\'00ff\', x\'1331\', x\'0b\', x\'\')', 'insert into b select jsonb(\'[1]\'), 1, jsonb(\'{"a":1}\'), 2'])
    expect(bytes.data('{ b { t i j r } }')).toMatchObject({ b: [{ t: 'AP8=', i: 'EzE=', r: '' }, { i: 1, j: { a: 1 }, r: 2 }] })
  })

  it('says where a value is missing that its type promises', () => {
    const keyed = databases.make(['create table k (id text primary key)', 'insert into k values (null), (\'a\')'])
    expect(keyed.ask('{ k { id } }')).toMatchObject({ data: null, errors: [{ path: ['k', 0, 'id'] }] })
    expect(keyed.data('{ k(where: { id: { _is_null: false } }) { id } }')).toEqual({ k: [{ id: 'a' }] })
  })

  it('answers with fields once, whatever fragments and aliases ask for them again', () => {
    expect(library.text('query ($no: Boolean = false) { a: authors(limit: 1) { ...f name ... on authors_row { x: id name } id @include(if: $no) } } fragment f on authors_row { name posts_by_author_id(limit: 1) { id } posts_by_author_id(limit: 1) { title } }'))
      .toBe('{"data":{"a":[{"name":"Ada","posts_by_author_id":[{"id":1,"title":"One"}],"x":1}]}}')
  })
})

describe('a condition', () => {
  it.each<[string, string, readonly number[]]>([
    ['several operators of a column', '{ id: { _gt: 1, _lt: 3 } }', [2]],
    ['_or', '{ _or: [{ id: { _eq: 1 } }, { name: { _eq: "Cy" } }] }', [1, 3]],
    ['_or of nothing', '{ _or: [] }', []],
    ['_or of what says nothing', '{ _or: [{}, { id: { _eq: 1 } }] }', [1, 2, 3]],
    ['_not of nothing', '{ _not: {} }', []],
    ['_and', '{ _and: [{ id: { _gt: 1 } }, { id: { _lt: 3 } }] }', [2]],
    ['_not, where the condition is not known', '{ _not: { born: { _gt: "1900-01-01" } } }', [1, 2]],
    ['_is_null', '{ born: { _is_null: true } }', [2]],
    ['_neq, of rows without a value too', '{ born: { _neq: "2000-01-01" } }', [1, 2]],
    ['_in of nothing', '{ id: { _in: [] } }', []],
    ['_nin of nothing', '{ born: { _nin: [] } }', [1, 2, 3]],
    ['_in, of text', '{ name: { _in: ["Ada", "Cy"] } }', [1, 3]],
    ['_like with the signs of GLOB', '{ name: { _like: "[A-B]%" } }', []],
    ['_like', '{ name: { _like: "_d%" } }', [1]],
    ['_ilike', '{ name: { _ilike: "aD%" } }', [1]],
    ['old names', '{ id: { in: [1, 2] }, name: { neq: "Bob" } }', [1]],
    ['truth', '{ alive: { _eq: true } }', [2]],
    ['a choice', '{ code: { _eq: "it\'s" } }', [3]],
    ['a decimal', '{ rating: { _gte: 4.25 } }', [1, 3]],
    ['what it leads to', '{ posts_by_author_id: { score: { _gt: 2 } } }', [1]],
    ['having anything there', '{ posts_by_editor: {} }', [1, 2]],
    ['what that leads to', '{ posts_by_author_id: { tags: { label: { _eq: "x" } } } }', [1, 2]],
    ['_not of a relation', '{ _not: { posts_by_author_id: {} } }', [3]],
    ['nothing', '{}', [1, 2, 3]],
  ])('may be of %s', (_, where, ids) => {
    expect(data(`{ authors(where: ${where}) { id } }`)).toEqual({ authors: ids.map((id) => ({ id })) })
    expect(data('query ($w: authors_filter) { authors(where: $w) { id } }', { w: JSON.parse(where.replaceAll(/(\w+):/g, '"$1":')) as unknown }))
      .toEqual({ authors: ids.map((id) => ({ id })) })
  })

  it('with a variable that nobody gave a value is not there, and with null asks for no value', () => {
    const query = 'query ($born: String) { authors(where: { born: { _eq: $born } }) { id } }'
    expect(data(query, { born: '2000-01-01' })).toEqual({ authors: [{ id: 3 }] })
    expect(data(query, { born: null })).toEqual({ authors: [{ id: 2 }] })
    expect(data(query)).toEqual({ authors: [{ id: 1 }, { id: 2 }, { id: 3 }] })
    expect(data('query ($ids: [Int]) { authors(where: { id: { _nin: $ids } }) { id } }', { ids: [1, 2] })).toEqual({ authors: [{ id: 3 }] })
  })
})

describe('a relation', () => {
  it('leads both ways, is filtered, ordered and paged, and is null or empty where nothing belongs to a row', () => {
    expect(data(`{ posts(order_by: { id: ASC }) { id author { name } tags(order_by: { label: DESC }, limit: 1) { label post { author { name } } } }
      authors(where: { id: { _lt: 4 } }) { name posts_by_author_id(where: { score: { _is_null: false } }, order_by: { score: DESC }, limit: 1) { title } posts_by_editor { title } } }`)).toEqual({
      posts: [
        { id: 1, author: { name: 'Ada' }, tags: [{ label: 'y', post: { author: { name: 'Ada' } } }] }, { id: 2, author: { name: 'Ada' }, tags: [] },
        { id: 3, author: { name: 'Bob' }, tags: [{ label: 'x', post: { author: { name: 'Bob' } } }] }, { id: 4, author: null, tags: [] },
      ],
      authors: [
        { name: 'Ada', posts_by_author_id: [{ title: 'Two' }], posts_by_editor: [{ title: 'Three' }] },
        { name: 'Bob', posts_by_author_id: [], posts_by_editor: [{ title: 'One' }] }, { name: 'Cy', posts_by_author_id: [], posts_by_editor: [] },
      ],
    })
  })

  it('is what rows may be ordered by', () => {
    expect(data('{ posts(order_by: [{ author: { name: DESC } }, { id: DESC }]) { id } }')).toEqual({ posts: [{ id: 3 }, { id: 2 }, { id: 1 }, { id: 4 }] })
  })

  it('by a column whose name does not end like a key has the other table in its name', () => {
    expect(data('{ posts_by_pk(id: 1) { editor editor_authors { name } } }')).toEqual({ posts_by_pk: { editor: 2, editor_authors: { name: 'Bob' } } })
  })

  it('may lead in a circle', () => {
    const circle = databases.make(['create table a (id integer primary key, b_id int references b(id), a_id int references a)', 'create table b (id integer primary key, a_id int references a(id))',
      'insert into a values (1, null, null)', 'insert into b values (5, 1)', 'update a set b_id = 5, a_id = 1'])
    expect(circle.data('{ a { b { a { b { id } } } a { a { id } } b_by_a_id: b { id } } }')).toMatchObject({ a: [{ b: { a: { b: { id: 5 } } }, a: { a: { id: 1 } } }] })
  })
})

describe('a page', () => {
  it('goes on behind a cursor, in any order, with values that are missing or the same', () => {
    const many = databases.make(['create table m (a int, b text)', 'insert into m values (1, \'x\'), (null, \'y\'), (1, \'x\'), (2, null), (null, \'x\'), (9007199254740993, \'x\')'])
    for (const order of ['{ a: ASC }', '{ a: DESC }', '[{ b: DESC }, { a: ASC }]', '[{ b: ASC }, { a: DESC }]', '{ rowid: DESC }']) {
      const all = many.data(`{ m(order_by: ${order}) { _cursor rowid } }`) as { m: { _cursor: string; rowid: number }[] }
      const seen: number[] = []
      for (let after: string | null = null, page = 0; page < 10; page += 1) {
        const { m } = many.data(`query ($after: String) { m(order_by: ${order}, limit: 2, after: $after) { rowid _cursor } }`, { after }) as typeof all
        seen.push(...m.map(({ rowid }) => rowid))
        after = m.at(-1)?._cursor ?? null
        if (after === null) break
      }
      expect(seen).toEqual(all.m.map(({ rowid }) => rowid))
      expect(new Set(seen).size).toBe(6)
    }
  })

  it('is one row for each of different values, the first in the order asked for', () => {
    expect(data('{ posts(distinct_on: [author_id], order_by: [{ author_id: ASC }, { score: DESC }], where: { author_id: { _is_null: false } }) { id } }')).toEqual({ posts: [{ id: 2 }, { id: 3 }] })
    expect(data('{ best(distinct_on: list) { title } authors(limit: 1) { posts_by_author_id(distinct_on: author_id, order_by: { id: DESC }) { id author { name } } } }'))
      .toMatchObject({ authors: [{ posts_by_author_id: [{ id: 2, author: { name: 'Ada' } }] }] })
  })

  it('has a limit that is not negative, an offset only with it, and ten thousand rows at most', () => {
    expect(message('query ($n: Int) { authors(limit: $n) { id } }', { n: -1 })).toContain('limit must be positive')
    expect(message('{ authors(offset: 1) { id } }')).toContain('cannot specify offset without')
    expect(data('query ($n: Int) { authors(limit: $n) { id } }', { n: null })).toEqual({ authors: [{ id: 1 }, { id: 2 }, { id: 3 }] })
    const long = databases.make(['create table l (id integer primary key, p int references p(id))', 'create table p (id integer primary key)', 'insert into p values (1)',
      'with recursive n(x) as (select 1 union all select x + 1 from n where x < 10001) insert into l select x, 1 from n'])
    expect(long.ask('{ l { id } }').errors?.[0]?.message).toContain('cannot return more than 10000 entries')
    expect(long.ask('{ p_by_pk(id: 1) { l { id } } }').errors?.[0]).toMatchObject({ path: ['p_by_pk', 'l'] })
    expect((long.data('{ l(limit: 10000) { id } }') as { l: unknown[] }).l).toHaveLength(10_000)
    expect(long.data('{ l_aggregate { count } }')).toEqual({ l_aggregate: { count: 10_001 } })
  })
})

describe('totals', () => {
  it('are of all rows that a condition leaves', () => {
    expect(data('{ posts_aggregate { count authors: count(column: author_id, distinct: true) sum { score } avg { score } min { title score } max { id } __typename } none: posts_aggregate(where: { id: { _lt: 0 } }) { count sum { score } } }')).toEqual({
      posts_aggregate: { count: 4, authors: 2, sum: { score: 3 }, avg: { score: 1 }, min: { title: 'Four', score: -1 }, max: { id: 4 }, __typename: 'posts_aggregate' },
      none: { count: 0, sum: { score: null } },
    })
  })

  it('are of the rows that belong to a row', () => {
    expect(data('{ authors(order_by: { id: ASC }) { posts_by_author_id_aggregate(where: { score: { _gt: 0 } }) { count max { score } } } }'))
      .toEqual({ authors: [{ posts_by_author_id_aggregate: { count: 2, max: { score: 2.5 } } }, { posts_by_author_id_aggregate: { count: 0, max: { score: null } } }, { posts_by_author_id_aggregate: { count: 0, max: { score: null } } }] })
  })

  it('are of groups, ordered by what they go by, and of those alone that a condition leaves', () => {
    expect(data('{ posts_groups(by: [author_id], order_by: { author_id: DESC }, having: { count: { _gte: 1 }, sum: { score: { _is_null: false } } }) { key { author_id __typename } count sum { score } } }')).toEqual({
      posts_groups: [{ key: { author_id: 1, __typename: 'posts_values' }, count: 2, sum: { score: 4 } }, { key: { author_id: null, __typename: 'posts_values' }, count: 1, sum: { score: -1 } }],
    })
    expect(message('{ posts_groups(by: [author_id]) { key { title } } }')).toContain('do not go by title')
    expect(message('{ posts_groups(by: []) { count } }')).toContain('column to go by')
  })
})

describe('the schema', () => {
  it('is there before there is a table, and says so', () => {
    expect(databases.make([]).data('{ __typename no_tables __schema { queryType { name } mutationType { name } } }')).toEqual({ __typename: 'Query', no_tables: null, __schema: { queryType: { name: 'Query' }, mutationType: null } })
  })

  it('has no changes for whoever may only read', () => {
    expect(library.ask('{ __schema { mutationType { name } } }', undefined, 'read').data).toEqual({ __schema: { mutationType: null } })
    expect(library.ask('mutation { delete_authors(where: { id: { _eq: 1 } }) { affected_rows } }', undefined, 'read').errors).toHaveLength(1)
    expect(library.sql('select count(*) from authors')).toEqual([[3]])
  })

  it('is what the tables are now: made, changed and dropped between two requests', () => {
    const moving = databases.make(['create table t (a int)', 'create table other (b int)', 'create view v as select a from t'])
    expect(moving.data('{ t { a } v { a } }')).toEqual({ t: [], v: [] })
    moving.sql('alter table t add column b text default \'x\'')
    moving.sql('insert into t (a) values (1)')
    expect(moving.data('{ t { a b } other { b } }')).toEqual({ t: [{ a: 1, b: 'x' }], other: [] })
    expect(moving.ask('{ t { a b } }', undefined, 'read').data).toEqual({ t: [{ a: 1, b: 'x' }] })
    moving.sql('alter table t rename column a to c')
    expect(moving.ask('{ t { a } }', undefined, 'read').errors?.[0]?.message).toContain('Cannot query field "a"')
    expect(moving.data('{ t { c b } v { c } }')).toEqual({ t: [{ c: 1, b: 'x' }], v: [{ c: 1 }] })
    moving.sql('drop view v')
    moving.sql('drop table t')
    expect(moving.ask('{ t { c } }').errors?.[0]?.message).toContain('Cannot query field "t"')
    expect(moving.data('{ other { b } }')).toEqual({ other: [] })
  })

  it('has the tables of modules to read, and nothing of what lies behind them', () => {
    const texts = databases.make(['create virtual table f using fts5(title, body)', 'insert into f values (\'a\', \'b\')', 'create table r (rowid text, _rowid_ int, v int)', 'insert into r values (\'x\', 5, 6)'])
    expect(texts.data('{ f { rowid title body } r { oid rowid _rowid_ v } r_by_pk(oid: 1) { v } }')).toEqual({ f: [{ rowid: 1, title: 'a', body: 'b' }], r: [{ oid: 1, rowid: 'x', _rowid_: 5, v: 6 }], r_by_pk: { v: 6 } })
    const { __schema: { queryType: { fields } } } = texts.data('{ __schema { queryType { fields { name } } } }') as { __schema: { queryType: { fields: readonly { name: string }[] } } }
    expect(fields.map(({ name }) => name)).toEqual(['f', 'r', 'r_by_pk', 'f_aggregate', 'f_groups', 'r_aggregate', 'r_groups'])
  })

  it('has no field by key for a table whose rows have none', () => {
    const bare = databases.make(['create table b (rowid text, _rowid_ text, oid text)', 'insert into b values (1, 2, 3), (4, 5, 6)'])
    expect(bare.data('{ b { oid } }')).toEqual({ b: [{ oid: '3' }, { oid: '6' }] })
    for (const query of ['{ b_by_pk { oid } }', 'mutation { delete_b_by_pk { affected_rows } }', 'mutation { update_b_by_pk(_set: { oid: "" }) { affected_rows } }']) expect(bare.ask(query).errors?.[0]?.message).toContain('Cannot query field')
    expect(bare.data('mutation { update_b(where: { oid: { _eq: "3" } }, _set: { oid: "9" }) { affected_rows } }')).toEqual({ update_b: { affected_rows: 1 } })
  })

  it('leaves out a view that reads what is gone, and keeps the rest', () => {
    const broken = databases.make(['create table t (a int)', 'create table kept (b int)', 'create view v as select a from t', 'drop table t'])
    expect(broken.data('{ kept { b } __schema { queryType { fields { name } } } }')).toMatchObject({ kept: [] })
    expect(broken.ask('{ v { a } }').errors?.[0]?.message).toContain('Cannot query field "v"')
    expect(broken.text('{ __schema { types { name fields { name } } } }')).not.toContain('"v_row"')
  })
})

describe('a plan', () => {
  const known = (query: string, variables?: unknown) => library.database.known({ text: JSON.stringify({ query, variables }), access: 'write', language: 'graphql', limits: { seconds: 1, answerBytes: 1_000, answerRows: 10 } })

  it('is known by its document, whatever the values are: whether it only reads, and is quick', () => {
    const query = 'query ($id: Int!) { authors_by_pk(id: $id) { id } }'
    expect(known(query, { id: 1 })).toBeUndefined()
    for (let turn = 0; turn < 3; turn += 1) data(query, { id: 1 })
    expect(known(query, { id: 2 })).toMatchObject({ reads: true })
    data('mutation { insert_tags(objects: []) { affected_rows } }')
    expect(known('mutation { insert_tags(objects: []) { affected_rows } }')).toMatchObject({ reads: false })
    expect(library.database.known({ text: 'no json', access: 'write', language: 'graphql', limits: { seconds: 1, answerBytes: 1, answerRows: 1 } })).toBeUndefined()
  })

  it('that is kept costs a fifth at most of one that is made', () => {
    const query = (turn: number): string => `query x${Math.abs(turn)} ($id: Int!) { authors_by_pk(id: $id) { id name posts_by_author_id { title } } }`
    const micros = (queryOf: (turn: number) => string): number => {
      const began = process.cpuUsage()
      for (let turn = 0; turn < 100; turn += 1) library.answer(queryOf(turn), { id: 1 }, 'read')
      const { user, system } = process.cpuUsage(began)
      return user + system
    }
    micros(() => query(-1))
    const made = Math.min(...[1_000, 2_000, 3_000].map((from) => micros((turn) => query(from + turn))))
    const kept = Math.min(...[1, 2, 3].map(() => micros(() => query(-1))))
    expect(made / kept).toBeGreaterThan(5)
  })
})
