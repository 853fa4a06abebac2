import fc from 'fast-check'
import { encodeName } from '@tenantry/graphql-sql'
import { EngineRefusal } from '@tenantry/engines-contract'
import { Databases } from '../testing/asked.js'

const databases = new Databases()
afterAll(() => databases.remove())

const isLong = process.env['TEST_LONG'] === '1'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const refusalOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof EngineRefusal ? error.code : String(error)
  }
}

const oddNames = ['order', 'group', 'a b', 'a"b', 'a\'b', 'a;drop table t;--', 'ünï', '日本', '😀', '0', '1a', '__x', 'XX', 'a__b', '$', '?', '?1', '@v', ':v', '--', '/*', '*/', '%', '\\', '`', '[x]', 'rowid', 'oid', 'constructor', '__proto__',
  'toString', 'Query', 'Mutation', 'Int', 'String', 'null', 'true', 'where', 'limit', 'T_row', 'a\tb', 'a\nb', ' ', '_and', '_or', '_not', '_cursor', 'count', 'sum', 'id_by_pk', 't0', 'o', 'excluded', 'x_aggregate', 'affected_rows', 'key']

describe('names of any kind', () => {
  it('are tables and columns that can be read, filtered, ordered, counted and changed', () => {
    const names = oddNames.filter((name) => name !== 'rowid' && name !== 'oid')
    const columns = [...new Map(oddNames.map((name) => [name.toLowerCase(), name])).values()]
    const database = databases.make([
      ...names.map((name) => `create table ${quote(name)} (id integer primary key, v int)`),
      `create table wide (${columns.map((name) => `${quote(name)} int`).join(', ')})`,
      `insert into wide values (${columns.map((_, at) => at).join(', ')})`,
    ])
    for (const name of names) {
      const table = encodeName(name)
      expect(database.data(`mutation { insert_${table}(objects: [{ v: 1 }, { v: 2 }]) { affected_rows returning { id } } }`)).toEqual({ [`insert_${table}`]: { affected_rows: 2, returning: [{ id: 1 }, { id: 2 }] } })
      expect(database.data(`{ ${table}(where: { v: { _gt: 1 } }, order_by: { v: DESC }) { id } }`)).toEqual({ [table]: [{ id: 2 }] })
    }
    columns.forEach((name, at) => {
      const column = encodeName(name)
      const member = name === 'null' || name === 'true' ? `${name}_` : column
      expect(database.data(`{ wide(where: { ${column}: { _eq: ${at} } }, order_by: { ${column}: ASC }, distinct_on: [${member}]) { ${column} } wide_aggregate { max { ${column} } } }`))
        .toEqual({ wide: [{ [column]: at }], wide_aggregate: { max: { [column]: at } } })
      expect(database.data(`mutation { update_wide(where: { ${column}: { _eq: ${at} } }, _set: { ${column}: ${at} }) { returning { ${column} } } }`)).toEqual({ update_wide: { returning: [{ [column]: at }] } })
    })
  })

  it('never meet in GraphQL when they are two in SQL', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => !text.includes('\0'))
    fc.assert(fc.property(name, name, (one, other) => {
      expect(encodeName(one)).toMatch(/^(?!__)[_A-Za-z][_0-9A-Za-z]*$/)
      expect(encodeName(one) === encodeName(other)).toBe(one === other)
    }), { seed: 7, numRuns: 2_000, examples: [['a b', 'aXX0b'], ['XX', 'XXXX'], ['__', '_'], ['X', 'XX'], ['X X', 'XX0X'], ['___', '_XXR'], ['0', 'Z0'], ['', 'XX']] })
  })
})

describe('values of any kind', () => {
  const database = databases.make(['create table v (id integer primary key, t text, r real, n int, j json)'])

  it('come back as they were sent, in variables and in the document', () => {
    let id = 0
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.jsonValue({ noUnicodeString: false }), (t, r, n, j) => {
      id += 1
      const row = { id, t, r, n, j }
      expect(database.data('mutation ($o: [v_insert_input!]!) { insert_v(objects: $o) { returning { id t r n j } } }', { o: [row] }))
        .toEqual({ insert_v: { returning: [JSON.parse(JSON.stringify({ ...row, t: t.toWellFormed() }))] } })
      expect(database.data('query ($t: String, $id: Int) { v(where: { t: { _eq: $t }, id: { _eq: $id } }) { id } }', { t, id })).toEqual({ v: [{ id }] })
      expect(database.data('query ($t: [String], $id: Int) { v(where: { t: { _in: $t }, id: { _eq: $id } }) { id } }', { t: [t], id })).toEqual({ v: [{ id }] })
    }), { seed: 5, numRuns: isLong ? 1_000 : 40 })
  })

  it('are never SQL, and a pattern is never more than a pattern', () => {
    for (const text of ['\' or 1=1 --', '"; drop table v; --', '\0', '?1', '*', '[', '{"":"i1"}', '%\\']) {
      expect(database.data('query ($t: String) { v(where: { t: { _eq: $t } }) { id } v2: v(where: { t: { _like: $t }, id: { _lt: 0 } }) { id } }', { t: text })).toEqual({ v: [], v2: [] })
    }
    database.sql('insert into v (t) values (\'{"":"i1"}\'), (\'*x[\')')
    expect(database.data('{ v(where: { t: { _like: "*_[" } }) { t } a: v(where: { t: { _like: "{%i1%" } }) { t } }')).toEqual({ v: [{ t: '*x[' }], a: [{ t: '{"":"i1"}' }] })
    expect(database.data('{ v(where: { j: { _is_null: true }, t: { _like: "{%" } }) { j } }')).toEqual({ v: [{ j: null }] })
  })

  it('that are no JSON of GraphQL’s are refused in the answer, and nothing is thrown', () => {
    const query = 'query ($n: Int, $s: String, $l: [Int]) { v(where: { n: { _eq: $n, _in: $l }, t: { _eq: $s } }) { id } }'
    for (const variables of [{ n: 'x' }, { n: 1.5 }, { n: {} }, { n: [1] }, { s: 1 }, { s: { a: 1 } }, { l: [['a']] }, [], 'x', 7, { n: '9223372036854775808' }, { n: 1e300 }]) {
      expect(database.ask(query, variables)).toMatchObject({ data: null, errors: [{ message: expect.any(String) as unknown }] })
    }
    expect(database.data(query, { other: 1, n: null, __proto__: { a: 1 } })).toBeDefined()
  })

  it('that stand in each other without end, or are without number, are refused or answered in no time', () => {
    const query = 'query ($w: v_filter) { v(where: $w) { id } }'
    const deep = (levels: number, open: string, close: string): unknown => JSON.parse(`${open.repeat(levels)}{}${close.repeat(levels)}`)
    expect(database.ask(query, { w: deep(50, '{"_not":', '}') }).data).toBeDefined()
    for (const [open, close] of [['{"_not":', '}'], ['{"_and":[', ']}'], ['{"_or":[', ']}']] as const) expect(database.ask(query, { w: deep(20_000, open, close) }).errors?.[0]?.extensions?.code).toBe('TooDeep')
    expect(database.ask('mutation ($j: JSON) { insert_v(objects: [{ j: $j }]) { affected_rows } }', { j: deep(50_000, '{"a":', '}') }).errors?.[0]?.extensions?.code).toBe('TooDeep')
    expect(database.ask(query, { w: { _or: Array.from({ length: 20_000 }, (_, at) => ({ id: { _eq: at } })) } }).errors).toHaveLength(1)
    expect(database.data(query, { w: { id: { _in: Array.from({ length: 50_000 }, (_, at) => -at - 1) } } })).toEqual({ v: [] })
    expect(database.ask('query ($o: [v_order_by]) { v(order_by: $o) { id } }', { o: Array.from({ length: 20_000 }, () => ({ id: 'ASC' })) }).errors).toHaveLength(1)
  })

  it('that only look like marks are left alone', () => {
    database.sql('delete from v')
    database.sql('insert into v (id, t, j) values (1, \'a\', \'{"":"i5"}\'), (2, \'b\', \'[{"":"x00"},{"":"n","b":1}]\')')
    expect(database.data('{ v(where: { id: { _eq: 2 } }) { j } }')).toEqual({ v: [{ j: [{ '': 'x00' }, { '': 'n', 'b': 1 }] }] })
  })
})

describe('a document', () => {
  const database = databases.make(['create table a (id integer primary key, b_id int references b(id))', 'create table b (id integer primary key, a_id int references a(id))'])
  const messageOf = (query: string): string => {
    const { data, errors } = database.ask(query)
    expect(data ?? null).toBeNull()
    return errors?.[0]?.extensions?.code ?? errors?.[0]?.message ?? ''
  }

  it.each([
    ['is no GraphQL', '{', 'Syntax Error'], ['is empty', '', 'Syntax Error'], ['is two', 'query x { __typename } query y { __typename }', 'Must provide operation name'],
    ['subscribes', 'subscription { a { id } }', 'subscription'], ['goes in a circle', '{ a { ...f } } fragment f on a_row { b { ...g } } fragment g on b_row { a { ...f } }', 'itself'],
    ['is too deep', `{ a ${'{ b { a '.repeat(20)} { id } ${'} }'.repeat(20)} }`, 'TooDeep'], ['is a bomb of aliases', `{ ${Array.from({ length: 31 }, (_, at) => `x${at}: __typename`).join(' ')} }`, 'TooMany'],
    ['asks for too many rows', '{ a(limit: 1000) { b { a_by_b_id: a(limit: 1000) { id } } } }', 'TooManyRows'],
    ['asks for what is not there', '{ a { nope } }', 'Cannot query field "nope" on type "a_row".'], ['names no field of a row', '{ a }', 'must have a selection'],
    ['has an unknown type', '{ a { ... on nope { id } } }', 'Unknown type "nope".'], ['has a variable of the wrong kind', 'query ($x: String) { a_by_pk(id: $x) { id } }', 'used in position expecting'],
    ['has no operation', 'fragment f on a_row { id }', 'holds no operation'],
  ])('that %s is told so', (_, query, message) => {
    expect(messageOf(query)).toContain(message)
  })

  it('may be named, and is then the one that is run', () => {
    const text = JSON.stringify({ query: 'query x { __typename } query y { b { id } }', operationName: 'y' })
    const limits = { seconds: 1, answerBytes: 1_000, answerRows: 10 }
    const run = (sent: string): string => database.database.run({ text: sent, access: 'read', language: 'graphql', limits }, { storageBytes: 1e9 }).data.toString()
    expect(run(text)).toBe('{"data":{"b":[]}}')
    expect(run(text.replace('"y"', '"z"'))).toContain('Unknown operation')
    for (const wrong of ['', '{', '[]', 'null', '7', '{}', '{"query":1}', '{"query":"{a{id}}","operationName":{}}']) expect([wrong, refusalOf(() => run(wrong))]).toEqual([wrong, 'EngineRejectedQuery'])
  })

  it('whose answer is too long is refused as a statement’s is', () => {
    const long = databases.make(['create table l (t text)', 'insert into l values (printf(\'%.*c\', 900000, \'x\'))', 'insert into l select t from l, (values (1), (2), (3))', 'insert into l select t from l, (values (1), (2), (3), (4))'])
    for (const query of ['{ l { t } }', 'mutation { update_l(where: { rowid: { _gt: 0 } }, _set: { t: "y" }) { affected_rows } insert_l(objects: [{}]) { returning { t } } l: update_l(where: { rowid: { _gt: 0 } }, _set: { rowid: null }) { affected_rows } }']) {
      if (query.startsWith('{')) expect(refusalOf(() => long.text(query))).toBe('AnswerTooLarge')
      else expect(long.ask(query).errors).toHaveLength(1)
    }
    const limits = { seconds: 1, answerBytes: 1_000, answerRows: 10 }
    const returning = JSON.stringify({ query: 'mutation { update_l(where: { rowid: { _gt: 0 } }, _set: { t: "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" }) { returning { t } } }' })
    expect(refusalOf(() => long.database.run({ text: returning, access: 'write', language: 'graphql', limits }, { storageBytes: 1e9 }))).toBe('AnswerTooLarge')
    expect(long.sql('select count(*) from l where t like \'z%\'')).toEqual([[0]])
  })
})

describe('a database', () => {
  it('of five hundred columns answers with all of them', () => {
    const names = Array.from({ length: 500 }, (_, at) => `c${at}`)
    const database = databases.make([`create table w (${names.map((name, at) => `${name} ${['int', 'text', 'real', 'date', 'boolean', 'blob', 'json'][at % 7] ?? ''}`).join(', ')})`])
    const row = Object.fromEntries(names.filter((_, at) => at % 7 < 3).map((name, at) => [name, at % 3 === 1 ? `t${at}` : at]))
    expect(database.data('mutation ($o: [w_insert_input]) { insert_w(objects: $o) { affected_rows } }', { o: [row] })).toEqual({ insert_w: { affected_rows: 1 } })
    const { w: [found] } = database.data(`{ w { ${names.join(' ')} } }`) as { w: readonly Record<string, unknown>[] }
    expect(Object.keys(found ?? {})).toEqual(names)
    expect(found).toMatchObject(row)
  })

  it('of thousands of tables answers within two seconds, and after a change of one reads that one again', () => {
    const count = isLong ? 10_000 : 2_500
    const last = `t${count - 1}`
    const database = databases.make(['create table origin (id integer primary key)'])
    database.sql('pragma user_version')
    database.raw(`begin; ${Array.from({ length: count }, (_, at) => `create table t${at} (id integer primary key, origin_id int references origin(id), a text, b text check (b in ('x', 'y')), c real);`).join('\n')} commit;`)
    const seconds = (work: () => unknown): number => {
      const began = process.cpuUsage()
      work()
      const { user, system } = process.cpuUsage(began)
      return (user + system) / 1e6
    }
    expect(seconds(() => expect(database.data(`{ ${last} { id origin { id } } }`)).toEqual({ [last]: [] }))).toBeLessThan(2)
    database.sql('alter table t5 add column more int')
    expect(seconds(() => expect(database.data(`{ t5 { more } ${last} { id } origin { ${last} { id } } }`)).toEqual({ t5: [], [last]: [], origin: [] }))).toBeLessThan(2)
    expect(database.ask('{ __schema { types { name } } }').errors?.[0]?.message).toContain(`${count + 1} tables`)
    expect(database.data('{ __type(name: "t77_row") { fields { name } } }')).toEqual({ __type: { fields: ['rowid', 'id', 'origin_id', 'a', 'b', 'c', 'origin', '_cursor'].map((name) => ({ name })) } })
  })
})
