import { EngineRefusal } from '@tenantry/engines-contract'
import { Databases } from '../testing/asked.js'

const databases = new Databases()
afterAll(() => databases.remove())

const make = () => databases.make([
  'create table t (id integer primary key, name text not null unique, n int default 7, flag boolean, j json, d numeric, made int as (n * 2))',
  'create table child (id integer primary key, t_id int not null references t(id) deferrable initially deferred, label text)',
  'insert into t (id, name, n) values (1, \'a\', 1), (2, \'b\', 2)', 'insert into child values (1, 1, \'x\')',
])

describe('an insert', () => {
  it('takes the default of what an object leaves out, each object for itself', () => {
    const database = make()
    expect(database.data('mutation { insert_t(objects: [{ name: "c" }, { name: "d", n: null }, { name: "e", n: 5, flag: true, j: { a: [1, "x"] }, d: 1.50 }]) { affected_rows returning { id name n made flag j d } } }')).toEqual({ insert_t: { affected_rows: 3, returning: [
      { id: 3, name: 'c', n: 7, made: 14, flag: null, j: null, d: null }, { id: 4, name: 'd', n: null, made: null, flag: null, j: null, d: null },
      { id: 5, name: 'e', n: 5, made: 10, flag: true, j: { a: [1, 'x'] }, d: 1.5 },
    ] } })
  })

  it('of nothing but defaults, and of values that come as variables', () => {
    const database = databases.make(['create table e (id integer primary key, at text default \'now\', j json)'])
    expect(database.data('mutation { insert_e(objects: [{}, {}]) { affected_rows returning { id at } } }')).toEqual({ insert_e: { affected_rows: 2, returning: [{ id: 1, at: 'now' }, { id: 2, at: 'now' }] } })
    expect(database.data('mutation ($o: [e_insert_input]) { insert_e(objects: $o) { returning { id @text at j } } }', { o: [{ id: '9007199254740993', at: 'ü\u0000"', j: [null] }] }))
      .toMatchObject({ insert_e: { returning: [{ id: '9007199254740993', at: 'ü\u0000"', j: [null] }] } })
    expect(database.ask('mutation ($o: [e_insert_input]) { insert_e(objects: $o) { affected_rows } }', { o: [{}, null] }).errors).toHaveLength(1)
    expect(database.ask('mutation ($o: [e_insert_input]) { insert_e(objects: $o) { affected_rows } }').errors).toHaveLength(1)
    expect(database.data('mutation ($a: String, $o: JSON, $p: String) { insert_e(objects: [{ at: $a, j: $o }, { at: $p, j: { n: [$p] } }]) { returning { at j } } }', { a: 'x', p: 'y' })).toEqual({ insert_e: { returning: [{ at: 'x', j: null }, { at: 'y', j: { n: ['y'] } }] } })
  })

  it('answers with what belongs to the new rows', () => {
    expect(make().data('mutation { insert_child(objects: { t_id: 2, label: "y" }) { returning { label t { name child { label } } } } }'))
      .toEqual({ insert_child: { returning: [{ label: 'y', t: { name: 'b', child: [{ label: 'y' }] } }] } })
  })

  it('may change the row that is there, on a condition, or leave it', () => {
    const database = make()
    const upsert = (rest: string): unknown => database.data(`mutation { insert_t(objects: [{ name: "a", n: 50 }, { name: "z", n: 60 }], on_conflict: ${rest}) { affected_rows returning { name n } } }`)
    expect(upsert('{ constraint: [name], update_columns: [] }')).toEqual({ insert_t: { affected_rows: 1, returning: [{ name: 'z', n: 60 }] } })
    expect(upsert('{ constraint: name, update_columns: [n], where: { n: { _gt: 10 } } }')).toEqual({ insert_t: { affected_rows: 1, returning: [{ name: 'z', n: 60 }] } })
    expect(upsert('[{ constraint: id, update_columns: [n] }, { constraint: name, update_columns: n }]')).toEqual({ insert_t: { affected_rows: 2, returning: [{ name: 'a', n: 50 }, { name: 'z', n: 60 }] } })
    expect(database.ask('mutation { insert_t(objects: [{ name: "a" }], on_conflict: { constraint: [n], update_columns: [name] }) { affected_rows } }').errors?.[0]?.message).toContain('ON CONFLICT')
  })
})

describe('an update', () => {
  it('sets what it names and nothing else, and counts what it changed', () => {
    const database = make()
    expect(database.data('mutation ($s: t_set_input) { update_t(where: { id: { _lte: 2 } }, _set: $s) { affected_rows returning { id n name } } }', { s: { n: 9 } })).toEqual({ update_t: { affected_rows: 2, returning: [{ id: 1, n: 9, name: 'a' }, { id: 2, n: 9, name: 'b' }] } })
    expect(database.data('mutation { update_t(where: { child: { label: { _eq: "x" } } }, _set: { n: 1 }) { affected_rows } a: update_t_by_pk(id: 2, _set: { n: null }) { affected_rows returning { n } } b: update_t_by_pk(id: 3, _set: { n: null }) { affected_rows returning { n } } }'))
      .toEqual({ update_t: { affected_rows: 1 }, a: { affected_rows: 1, returning: { n: null } }, b: { affected_rows: 0, returning: null } })
    expect(database.data('mutation { update_t(where: { id: { _eq: 1 } }, _set: {}) { affected_rows returning { id } __typename } }')).toEqual({ update_t: { affected_rows: 0, returning: [], __typename: 't_mutation_response' } })
  })

  it('and a delete that say nothing of the rows are refused, however little they say', () => {
    const database = make()
    for (const where of ['', 'where: null', 'where: {}', 'where: { id: {} }', 'where: { _and: [] }', 'where: { _and: [{}, { id: {} }] }', 'where: { _or: [{}] }', 'where: { _or: [{ id: { _eq: 1 } }, { id: { _eq: $missing } }] }', 'where: { id: null }', 'where: { id: { _eq: $missing } }', 'filter: {}']) {
      const rest = where === '' ? '' : `, ${where}`
      for (const change of [`update_t(_set: { n: 0 }${rest})`, where === '' ? 'delete_t' : `delete_t(${where})`]) {
        const { data, errors } = database.ask(`mutation ${where.includes('$') ? '($missing: Int)' : ''} { ${change} { affected_rows } }`)
        expect([change, data, errors?.length]).toEqual([change, null, 1])
      }
    }
    for (const where of ['{ _not: {} }', '{ _or: [] }', '{ _not: { id: { _eq: $missing } } }']) {
      expect(database.data(`mutation ${where.includes('$') ? '($missing: Int)' : ''} { delete_t(where: ${where}) { affected_rows } }`)).toEqual({ delete_t: { affected_rows: 0 } })
    }
    expect(database.sql('select count(*), sum(n) from t')).toEqual([[2, 3]])
  })

  it('cannot write what is generated, and a view cannot be written at all', () => {
    const database = make()
    database.sql('create view v as select * from t')
    expect(database.ask('mutation { update_t(where: { id: { _eq: 1 } }, _set: { made: 1 }) { affected_rows } }').errors).toHaveLength(1)
    expect(database.ask('mutation { delete_v(where: { id: { _eq: 1 } }) { affected_rows } }').errors).toHaveLength(1)
  })
})

describe('a mutation', () => {
  it('is done whole or not at all', () => {
    const database = make()
    expect(database.ask('mutation { a: insert_t(objects: [{ name: "q" }]) { affected_rows } b: insert_t(objects: [{ name: "r" }, { name: "a" }]) { affected_rows } c: delete_t(where: { id: { _gt: 0 } }) { affected_rows } }'))
      .toMatchObject({ data: null, errors: [{ message: expect.stringContaining('UNIQUE constraint failed') as unknown, path: ['b'] }] })
    expect(database.sql('select group_concat(name) from t')).toEqual([['a,b']])
  })

  it('fails at its end where a key leads nowhere then', () => {
    const database = make()
    expect(database.ask('mutation { insert_child(objects: [{ t_id: 99 }]) { affected_rows } }')).toMatchObject({ data: null, errors: [{ message: 'FOREIGN KEY constraint failed' }] })
    expect(database.data('mutation { insert_child(objects: [{ t_id: 77 }]) { affected_rows } insert_t(objects: [{ id: 77, name: "late" }]) { affected_rows } }')).toEqual({ insert_child: { affected_rows: 1 }, insert_t: { affected_rows: 1 } })
  })

  it('that cannot be shown is not done, and one of which a part cannot be shown is', () => {
    const database = databases.make(['create table w (id integer primary key, big int not null, small int)'])
    expect(database.ask('mutation { insert_w(objects: [{ big: "5000000000" }]) { returning { big } } }')).toMatchObject({ data: null, errors: [{ path: ['insert_w', 'returning', 0, 'big'] }] })
    expect(database.sql('select count(*) from w')).toEqual([[0]])
    expect(database.ask('mutation { insert_w(objects: [{ big: 1, small: "5000000000" }]) { returning { big small all: small @text } } }')).toMatchObject({ data: { insert_w: { returning: [{ big: 1, small: null, all: '5000000000' }] } }, errors: [{}] })
    expect(database.sql('select count(*) from w')).toEqual([[1]])
  })

  it('that fails leaves the connection as it was', () => {
    const database = make()
    for (let turn = 0; turn < 3; turn += 1) expect(database.ask('mutation { insert_t(objects: [{ name: "a" }]) { affected_rows } }').errors).toHaveLength(1)
    expect(database.data('mutation { insert_t(objects: [{ name: "fine" }]) { affected_rows } }')).toEqual({ insert_t: { affected_rows: 1 } })
    expect(database.sql('select count(*) from t')).toEqual([[3]])
  })

  it('is told by triggers what it must not do', () => {
    const database = make()
    database.sql('create trigger guard before delete on t begin select raise(abort, \'never delete\'); end')
    expect(database.ask('mutation { delete_t_by_pk(id: 1) { affected_rows } }').errors?.[0]?.message).toBe('never delete')
  })

  it('past the storage of its database is refused as every statement is', () => {
    const database = databases.make(['create table s (v text)', 'insert into s values (\'x\')'])
    const text = JSON.stringify({ query: 'mutation ($v: String) { insert_s(objects: [{ v: $v }]) { affected_rows } }', variables: { v: 'x'.repeat(500_000) } })
    const limits = { seconds: 1, answerBytes: 1_000_000, answerRows: 10 }
    const insert = (): unknown => database.database.run({ text, access: 'write', language: 'graphql', limits }, { storageBytes: 1_000_000 })
    const refusal = (): string => {
      for (let turn = 0; turn < 5; turn += 1) {
        try {
          insert()
        } catch (error) {
          return error instanceof EngineRefusal ? error.code : String(error)
        }
      }
      return 'none'
    }
    expect(refusal()).toBe('StorageFull')
    expect(database.data('{ s_aggregate { count } }')).toMatchObject({ s_aggregate: { count: expect.any(Number) as unknown } })
  })
})
