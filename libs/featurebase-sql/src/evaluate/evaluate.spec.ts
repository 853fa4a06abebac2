import { checkSql } from '../check/check.js'
import type { SqlCatalogue } from '../catalogue.js'
import { parseSql } from '../parse/parse.js'
import type { TypedExpression, Value } from '../typed.js'
import { simple } from '../types.js'
import type { Around } from './around.js'
import { asksDatabase, evaluatorOf } from './evaluate.js'

const catalogue: SqlCatalogue = { find: () => undefined }

const expressionOf = (text: string): TypedExpression => {
  const [statement] = parseSql(`select ${text}`)
  const typed = statement && checkSql(statement, catalogue)
  const [expression] = typed?.kind === 'query' && typed.query.kind === 'select' ? typed.query.expressions : []
  if (!expression) throw new Error('the text is no expression')
  return expression
}

const valueOf = (text: string, around: Around = {}): Value => evaluatorOf(expressionOf(text))(around)

describe('expressions without a table', () => {
  it.each([
    ['1 + 2 * 3', 7n], ['7 / 2', 3n], ['-7 % 3', -1n], ['12.34 * 2', 2468n], ['20 / 12.34', 162n], ['1 << 4', 16n], ["'a' || 'b'", 'ab'], ['1 = 1.0', true], ["'a' != 'b'", true],
    ['1 between 0 and 2', true], ['3 in (1, 2)', false], ['null is null', true], ["case when 1 > 2 then 'x' else 'y' end", 'y'], ['cast(5 as decimal(2))', 500n], ["upper('x')", 'X'],
    ["setcontains(['a'], 'a')", true], ["[1, 2] = [2]", true], ["[1] != [2]", true], ["'abc' like 'A%'", true], ['reverse(null)', null],
  ] as const)('%s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected)
  })

  it('take what a row brings, and what stands beside the text', () => {
    const at = { line: 1, column: 1 }
    const mapped: TypedExpression = { kind: 'mapped', index: 1, type: simple('int'), at }
    const parameter: TypedExpression = { kind: 'parameter', index: 2, type: simple('int'), at }
    const sum = evaluatorOf({ kind: 'binary', operator: '+', left: mapped, right: parameter, type: simple('int'), at })
    expect(sum({ mapped: ['x', 5n], parameters: [null, 6n] })).toBe(11n)
    expect(sum({ mapped: ['x'], parameters: [null, 6n] })).toBeNull()
  })

  it('tell what time it is', () => {
    expect(valueOf('current_date', { now: 86_400_000_000_001n })).toBe(86_400_000_000_000n)
    expect(valueOf('current_timestamp', { now: 5n })).toBe(5n)
  })

  it('are refused in FeatureBase’s words', () => {
    expect(() => valueOf('1 / (1 - 1)')).toThrow('[0:0] divisor is equal to zero')
    expect(() => valueOf('9223372036854775807 + 1')).toThrow("[0:0] value '9223372036854775808' out of range")
  })

  it('join no texts without end', () => {
    expect(() => valueOf(Array.from({ length: 40 }, () => "replicate('x', 1000000)").join(' || '))).toThrow(/out of range$/)
  })

  it('are told from those that ask a database', () => {
    expect([asksDatabase(expressionOf('1 + (select 2)')), asksDatabase(expressionOf('1 in (select 2)')), asksDatabase(expressionOf('upper(\'x\')'))]).toEqual([true, true, false])
  })

  it('are none where a database is asked', () => {
    expect(() => evaluatorOf({ kind: 'aggregate', name: 'COUNT', distinct: false, argument: undefined, by: undefined, type: simple('int'), at: { line: 1, column: 1 } })).toThrow('asks a database')
  })
})
