import { Problem } from '@tenantry/contracts'
import fc from 'fast-check'
import { runSql } from './queries.js'
import { isStatementJson, readStatement, statementSchema } from './statement.js'

const refusalOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing'
}

describe('a statement as JSON', () => {
  it('keeps every digit of a whole number up to 64 bits, and reads all else as JSON does', () => {
    expect(readStatement('{"sql":"select ?","params":[9007199254740993,-9223372036854775808,9223372036854775807,42,-7,1.5,2.0,1e3,"9007199254740993",true,false,null]}'))
      .toEqual({ sql: 'select ?', params: [9007199254740993n, -9223372036854775808n, 9223372036854775807n, 42, -7, 1.5, 2, 1000, '9007199254740993', true, false, null] })
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (whole) => {
      expect(BigInt(String(readStatement(`{"sql":"select ?","params":[${whole}]}`).params[0]))).toBe(whole)
    }), { seed: 31, numRuns: 300 })
  })

  it('may have no values', () => {
    expect(readStatement(' {"sql":"select 1"}')).toEqual({ sql: 'select 1', params: [] })
  })

  it.each([
    ['{"sql":', 'InvalidBody: The body begins like a JSON object and is none; check its quotes and commas.'],
    ['{select 1}', 'InvalidBody: The body begins like a JSON object and is none; check its quotes and commas.'],
    ['{"params":[1]}', 'MissingParameter: sql is required.'],
    ['{"sql":1}', 'InvalidParameter: sql: must be a text.'],
    ['{"sql":"select 1","params":{"a":1}}', 'InvalidParameter: params: must be a list of values, one for each ? of the statement.'],
    ['{"sql":"select 1","params":null}', 'InvalidParameter: params: must be a list of values, one for each ? of the statement.'],
    ['{"sql":"select 1","params":[1,[2]]}', 'InvalidParameter: params.1: must be a text, a number, true, false or null.'],
    ['{"sql":"select 1","params":[{}]}', 'InvalidParameter: params.0: must be a text, a number, true, false or null.'],
    ['{"sql":"select 1","params":[9223372036854775808]}', 'InvalidParameter: params.0: is a whole number that needs more than 64 bits; send it as a text.'],
    ['{"sql":"select 1","params":[1e400]}', 'InvalidParameter: params.0: is too large for a number.'],
    ['{"sql":"select 1","parameters":[1]}', 'InvalidParameter: "parameters": is unknown here; send sql and params.'],
    ['{"sql":"select 1","__proto__":{"params":[1]}}', 'InvalidParameter: "__proto__": is unknown here; send sql and params.'],
    [`{"sql":"select 1","params":[${'1,'.repeat(10_000)}1]}`, 'InvalidParameter: params: must have at most 10000 values.'],
  ])('is refused with the reason: %.60s', (body, reason) => {
    expect(refusalOf(() => readStatement(body))).toBe(reason)
  })

  it('is what the document says it is', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('sql', 'params', 'other'), (value, name) => {
      const body = JSON.stringify({ sql: 'select 1', [name]: value })
      const isTaken = refusalOf(() => readStatement(body)) === 'nothing'
      const { success } = statementSchema.safeParse(JSON.parse(body))
      // An empty statement is told apart with those that come as text.
      if (!(name === 'sql' && value === '')) expect([body, isTaken]).toEqual([body, success])
    }), { seed: 32, numRuns: 500 })
  })

  it('is told by its type and its brace together, so that SQL that was called JSON runs as SQL', () => {
    expect(isStatementJson('application/json', '{"sql":"select 1"}')).toBe(true)
    expect(isStatementJson('Application/JSON; charset=utf-8', ' \n{')).toBe(true)
    expect(isStatementJson('application/json', 'select \'{\'')).toBe(false)
    expect(isStatementJson('text/plain', '{"sql":"select 1"}')).toBe(false)
    expect(isStatementJson('application/jsonl', '{"sql":"select 1"}')).toBe(false)
    expect(isStatementJson(undefined, '{"sql":"select 1"}')).toBe(false)
  })
})

describe('the word for whether a plan is told', () => {
  const said = (plan?: string): unknown => {
    const result = runSql.query.safeParse({ ...(plan !== undefined && { plan }) })
    if (result.success) return result.data.plan
    const [issue] = result.error.issues
    return issue?.code === 'custom' && issue.params?.['problem'] instanceof Problem ? issue.params['problem'].message : issue?.message
  }

  it('is any of those that Go reads', () => {
    expect(['1', 't', 'T', 'TRUE', 'true', 'True', ''].map(said)).toEqual(Array(7).fill(true))
    expect(['0', 'f', 'F', 'FALSE', 'false', 'False', undefined].map(said)).toEqual(Array(7).fill(false))
  })

  it.each([['yes', '"yes"'], ['tRUE', '"tRUE"'], ['2', '"2"'], ['a"b', '"a\\"b"'], ['toString', '"toString"']])('is refused in FeatureBase\'s words: %s', (word, quoted) => {
    expect(said(word)).toBe(`strconv.ParseBool: parsing ${quoted}: invalid syntax`)
  })
})
