import { type Expression, parseSql, type Query, type Statement } from '../index.js'

const only = (text: string): Statement => {
  const statements = parseSql(text)
  expect(statements).toHaveLength(1)
  const [statement] = statements
  if (!statement) throw new Error('There is no statement.')
  return statement
}

/** The first thing that a SELECT asks for. */
const asked = (text: string): Expression => {
  const statement = only(`SELECT ${text}`)
  const [item] = statement.kind === 'select' ? statement.items : []
  if (item?.kind !== 'expression') throw new Error(`${text} is no expression.`)
  return item.expression
}

/** With parentheses where the tree says so. */
const shape = (expression: Expression): string => {
  switch (expression.kind) {
    case 'binary': return `(${shape(expression.left)} ${expression.operator} ${shape(expression.right)})`
    case 'unary': return `(${expression.operator} ${shape(expression.operand)})`
    case 'between': return `(${shape(expression.operand)} ${expression.not ? 'not ' : ''}between ${shape(expression.low)} to ${shape(expression.high)})`
    case 'in': return `(${shape(expression.operand)} ${expression.not ? 'not ' : ''}in ${'kind' in expression.among ? 'query' : expression.among.map(shape).join()})`
    case 'null test': return `(${shape(expression.operand)} is ${expression.not ? 'not ' : ''}null)`
    case 'parentheses': return `[${shape(expression.inside)}]`
    case 'name': return expression.name.text
    case 'integer': return String(expression.value)
    default: return expression.kind
  }
}

const refusal = (text: string): string => {
  try {
    parseSql(text)
    return 'taken'
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
}

describe('operators', () => {
  it.each([
    ['a + b * c - d', '((a + (b * c)) - d)'], ['a = b and c = d or e', '(((a = b) and (c = d)) or e)'], ['- a * + b', '((- a) * (+ b))'],
    ['a < b = c', '((a < b) = c)'], ['a | b << c', '((a | b) << c)'], ['a || b * c', '((a || b) * c)'], ['not a = b and c', '((not (a = b)) and c)'],
    ['a not in (1, 2) and b', '((a not in 1,2) and b)'], ['a in (select 1)', '(a in query)'], ['a not like b and c', '((a not like b) and c)'],
    ['a between 1 and 2 and b', '((a between 1 to 2) and b)'], ['a not between b + 1 and 2 or c', '((a not between (b + 1) to 2) or c)'],
    ['a is null and b is not null', '((a is null) and (b is not null))'], ['a is b', '(a is b)'], ['(a + b) * c', '([(a + b)] * c)'], ['a <> b', '(a != b)'],
    ['a-b - c', '(a-b - c)'], ['1-2', '(1 - 2)'],
  ])('bind as FeatureBase binds them: %s', (text, wanted) => {
    expect(shape(asked(text))).toBe(wanted)
  })
})

describe('places', () => {
  it('are those that FeatureBase tells: of the left side, of a name, of an opening sign', () => {
    expect(asked('\n  a + b')).toMatchObject({ at: { line: 2, column: 3 }, operatorAt: { line: 2, column: 5 }, right: { at: { line: 2, column: 7 } } })
    expect(asked('upper(t.a)')).toMatchObject({ at: { column: 8 }, end: { column: 17 }, arguments: [{ at: { column: 14 }, column: { at: { column: 16 } } }] })
    expect(asked('[1, 2]')).toMatchObject({ at: { column: 8 }, end: { column: 13 } })
    expect(asked('- 1')).toMatchObject({ at: { column: 8 }, operand: { at: { column: 10 } } })
  })

  it('count characters and not their halves, and know lines within a blob, a quoted name and a comment', () => {
    expect(asked('\'👋\', b')).toMatchObject({ at: { line: 1, column: 8 } })
    expect(only('SELECT \'👋👋\', b')).toMatchObject({ items: [{}, { at: { line: 1, column: 14 } }] })
    expect(only('SELECT x\'a\n👋\', "b\n", c -- 👋\n, d')).toMatchObject({ items: [{}, { at: { line: 2, column: 5 } }, { at: { line: 3, column: 4 } }, { at: { line: 4, column: 3 } }] })
  })
})

describe('what is no statement', () => {
  it.each([
    ['', 'EOF'], [' \n-- nothing\n', 'EOF'], [';', '1:1: expected statement, found \';\''], ['select 1 2', '1:10: expected semicolon or EOF, found 2'],
    ['select', '1:6: expected expression, found \'EOF\''], ['select \n', '2: expected expression, found \'EOF\''], ['select (1', '1:9: expected right paren, found \'EOF\''],
    ['create foo', '1:1: expected DATABASE, TABLE, VIEW, FUNCTION or MODEL'], ['alter foo', '1:1: expected DATABASE, TABLE or VIEW'],
    ['create table t (_id id, v vector(3', '1:34: expected right paren, found \'EOF\''], ['create table t (_id id, view int)', '1:25: expected column name, or right paren, found \'VIEW\''],
    ['select \'a\nb\'', '1:8: expected expression, found \'unterminated string literal\''],
    ['select \'a', '1:8: expected expression, found \'ILLEGAL\''], ['select a from t having b', '1:17: expected semicolon or EOF, found \'HAVING\''],
    ['insert into t (a) select', '1:24: expected expression, found \'EOF\''], ['insert into t (a) from', '1:19: expected VALUES, found \'FROM\''],
    ['select a between 1', '1:18: expected range expression, found \'EOF\''], ['select a not 1', '1:14: expected IN, LIKE, GLOB, REGEXP, MATCH, or BETWEEN, found 1'],
    ['select min', '1:10: expected call expression, found \'EOF\''], ['select [1 2]', '1:11: expected comma or right bracket, found 2'],
    ['select f(1 2)', '1:12: expected comma or right paren, found 2'], ['select 1e', '1:8: expected expression, found \'ILLEGAL\''],
    ['select ?0', '1:8: expected a parameter from ?1 to ?32766, found ?0'], ['bulk insert into t map (0 id) from x\'\' with foo', '1:45: expected BATCHSIZE, ROWSLIMIT, FORMAT, INPUT, ALLOW_MISSING_VALUES or HEADER_ROW, found foo'],
    ['show tablets', '1:6: expected DATABASES, TABLES, COLUMNS or CREATE, found tablets'],
  ])('is refused in FeatureBase\'s words: %j', (text, wanted) => {
    expect(refusal(text)).toBe(wanted)
  })
})

describe('what FeatureBase does not read', () => {
  const query = (text: string): Query => {
    const statement = only(text)
    if (statement.kind !== 'select' && statement.kind !== 'union') throw new Error(`${text} is no query.`)
    return statement
  }

  it('is read here: unions, whose order and limit are those of the whole', () => {
    expect(query('SELECT a FROM t UNION ALL SELECT b FROM u UNION SELECT 1 ORDER BY 1 LIMIT 2 OFFSET 3')).toMatchObject({
      kind: 'union', all: false, left: { kind: 'union', all: true, left: { kind: 'select', orderBy: [] } }, right: { kind: 'select', limit: undefined },
      orderBy: [{ descending: false }], limit: { count: { value: 2n } }, offset: { count: { value: 3n } },
    })
  })

  it('is read here: common tables, of a subquery too', () => {
    expect(query('WITH a (x, y) AS (SELECT 1, 2), b AS (SELECT 3) SELECT * FROM (WITH c AS (SELECT 4) SELECT 5) s')).toMatchObject({
      with: [{ name: { text: 'a' }, columns: [{ text: 'x' }, { text: 'y' }] }, { name: { text: 'b' }, columns: [] }],
      from: { kind: 'query', query: { with: [{ name: { text: 'c' } }] }, alias: { text: 's' } },
    })
  })

  it('is read here: parameters, which go on from the highest before them', () => {
    const [statement] = parseSql('SELECT ?, ?3, ?, ?1')
    expect(statement).toMatchObject({ items: [1, 3, 4, 1].map((index) => ({ expression: { kind: 'parameter', index } })) })
  })

  it('is read here: OFFSET where a number follows, and a name everywhere else', () => {
    expect(query('SELECT offset offset FROM t offset OFFSET 2')).toMatchObject({ items: [{ alias: { text: 'offset' } }], from: { alias: { text: 'offset' } }, offset: { count: { value: 2n } } })
    expect(query('SELECT a FROM t OFFSET ?')).toMatchObject({ from: { alias: undefined }, offset: { count: { kind: 'parameter' } } })
  })

  it('is read here: UPDATE, INSERT of a query, EXPLAIN, and names of columns that begin with an e', () => {
    expect(only('UPDATE t SET a = 1, b = a WHERE c')).toMatchObject({ kind: 'update', assignments: [{ column: { text: 'a' } }, { column: { text: 'b' } }], where: { kind: 'name' } })
    expect(only('INSERT INTO t (_id) SELECT _id FROM u')).toMatchObject({ kind: 'insert', rows: { kind: 'select' } })
    expect(only('EXPLAIN QUERY PLAN SELECT 1')).toMatchObject({ kind: 'explain', statement: { kind: 'select' } })
    expect(asked('t.email')).toMatchObject({ kind: 'qualified', column: { text: 'email' } })
  })
})

describe('statements', () => {
  it('are as many as semicolons part, and an empty one between two is none', () => {
    expect(parseSql('SELECT 1; ; SELECT 2;').map(({ at }) => at.column)).toEqual([1, 13])
  })

  it('keep the text of a view as it was written', () => {
    expect(only('CREATE VIEW v AS SELECT  a -- b\n FROM t ;')).toMatchObject({ kind: 'create view', alter: false, text: 'SELECT  a -- b\n FROM t' })
  })

  it('keep what is between marks: two are one', () => {
    expect(asked('\'it\'\'s\'')).toMatchObject({ value: 'it\'s' })
    expect(asked('"a ""b"""')).toMatchObject({ name: { text: 'a "b"', quoted: true } })
    expect(only('BULK INSERT INTO t MAP (0 id) FROM x\'1,\'\'a\'\'\n2\' WITH INPUT \'STREAM\'')).toMatchObject({ source: { kind: 'blob', value: '1,\'a\'\n2' } })
  })

  it('keep numbers exactly', () => {
    expect(asked('9223372036854775808')).toMatchObject({ kind: 'integer', value: 9_223_372_036_854_775_808n })
    expect(asked('.5')).toMatchObject({ kind: 'float', text: '.5' })
    expect(asked('12.3400')).toMatchObject({ kind: 'float', text: '12.3400' })
  })

  it('tell TOP from TOPN, with parentheses and without', () => {
    expect(only('SELECT TOP(2) * FROM t')).toMatchObject({ top: { word: 'top', count: { value: 2n } }, items: [{ kind: 'star' }] })
    expect(only('SELECT TOPN 3 * FROM t')).toMatchObject({ top: { word: 'topn', count: { value: 3n } }, items: [{ kind: 'star' }] })
  })

  it('know all the columns of a table, with spaces or without', () => {
    expect(only('SELECT t.*, "a b" . *, * FROM t')).toMatchObject({ items: [{ kind: 'star', table: { text: 't' } }, { kind: 'star', table: { text: 'a b' } }, { kind: 'star', table: undefined }] })
  })

  it('keep options of columns and tables with their places', () => {
    expect(only('CREATE TABLE t (_id id, s string cachetype LRU size 5, q idsetq timequantum \'YM\' ttl \'1h\', d decimal(2) max -3) comment \'c\'')).toMatchObject({
      columns: [{ options: [] }, { options: [{ name: 'cachetype', value: { name: { text: 'lru' } } }, { name: 'size', value: { value: 5n } }] },
        { options: [{ name: 'timequantum' }, { name: 'ttl', value: { value: '1h' } }] }, { type: { scale: { value: 2n } }, options: [{ name: 'max', value: { kind: 'unary' } }] }],
      options: [{ name: 'comment', value: { value: 'c' } }],
    })
  })
})
