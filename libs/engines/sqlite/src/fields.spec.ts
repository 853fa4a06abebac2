import { declaredType, fieldsJson, typesInJson } from './fields.js'

describe('the field type of a declared type', () => {
  it.each([
    ['INTEGER', 'int'], ['int', 'int'], ['BIGINT', 'int'], ['TINYINT(1)', 'int'], ['BOOLEAN', 'bool'], ['bool', 'bool'],
    ['DATE', 'timestamp'], ['DATETIME', 'timestamp'], ['timestamp with time zone', 'timestamp'], ['TIME', 'timestamp'],
    ['REAL', 'decimal'], ['DOUBLE PRECISION', 'decimal'], ['FLOAT', 'decimal'], ['NUMERIC', 'decimal'], ['DECIMAL(10,2)', 'decimal'],
    ['TEXT', 'string'], ['VARCHAR(20)', 'string'], ['CLOB', 'string'], ['BLOB', 'string'], ['JSON', 'string'], ['', 'string'],
  ])('of %s is %s', (declared, type) => {
    expect(declaredType(declared)).toBe(type)
  })
})

describe('fields', () => {
  it('keep the declared text, duplicate names and names that need escaping', () => {
    const columns = [{ name: 'a"b', declared: 'VARCHAR(3)' }, { name: 'a"b', declared: null }]
    expect(JSON.parse(fieldsJson(columns, [undefined, 'int']).toString())).toEqual([
      { name: 'a"b', type: 'string', 'base-type': 'string', 'type-info': { declared: 'VARCHAR(3)' } },
      { name: 'a"b', type: 'int', 'base-type': 'int', 'type-info': null },
    ])
  })

  it('are strings where an expression was null in every row', () => {
    expect(JSON.parse(fieldsJson([{ name: 'x', declared: null }], [undefined]).toString())).toMatchObject([{ type: 'string' }])
  })
})

describe('types read from the rows', () => {
  it.each([
    ['[[1,"a",1.5,null]]', ['int', 'string', 'decimal', undefined]],
    ['[[null,null],[-7,1e+20]]', ['int', 'decimal']],
    ['[["\\"],[1","x\\\\"],[1,2]]', ['string', 'string']],
    ['[["\\\\\\""],[5]]', ['string']],
    ['[]', [undefined]],
    ['[[9.0e+999]]', ['decimal']],
  ])('of %s are the first that are not null', (json, types) => {
    expect(typesInJson(json, types.map(() => true))).toEqual(types)
  })

  it('are not looked for in columns whose type is declared', () => {
    expect(typesInJson('[[1,2]]', [false, true])).toEqual([undefined, 'int'])
  })

  it('are found behind a very long text', () => {
    expect(typesInJson(JSON.stringify([['"\\'.repeat(2_000_000), 5]]), [true, true])).toEqual(['string', 'int'])
  })
})
