import type { DataType, TypedExpression } from '@tenantry/featurebase-sql'
import { aggregate } from './aggregates.js'
import { aligned, nanosOf, resulting } from './align.js'
import { among } from './among.js'
import { arithmetic, bitwise, negated } from './arithmetic.js'
import type { Builder, Wanted } from './builder.js'
import { call } from './calls.js'
import { cast } from './casts.js'
import { between, compare, isWordOf } from './compare.js'
import { constantOf } from './constants.js'
import { type Fragment, joinedBy, limitError, longestStatement } from './fragment.js'
import { isThere, setOf } from './sets.js'

type Of<K extends TypedExpression['kind']> = Extract<TypedExpression, { kind: K }>

const truth = (text: string): Fragment => ({ text, type: { name: 'bool' } })

/** What an expression is in SQLite. Of a condition, what is unknown may be false where only what holds is wanted. */
export const expressionOf = (builder: Builder, expression: TypedExpression, wanted: Wanted): Fragment => {
  const fragment = fragmentOf(builder, expression, wanted)
  if (fragment.text.length > longestStatement) throw limitError('the statement becomes too long when it is run')
  return fragment
}

const fragmentOf = (builder: Builder, expression: TypedExpression, wanted: Wanted): Fragment => {
  switch (expression.kind) {
    case 'constant': return constantOf(builder, expression.value, expression.type)
    case 'parameter': return parameter(builder, expression)
    case 'column': return builder.column(expression.source, expression.column)
    case 'mapped': throw new Error('a mapped value stands in no query')
    case 'unary': return unary(builder, expression)
    case 'binary': return binary(builder, expression, wanted)
    case 'between': return not(expression.not, between(builder, builder.expression(expression.operand), builder.expression(expression.low), builder.expression(expression.high)))
    case 'in': return among(builder, expression)
    case 'null test': return nullTest(builder, expression)
    case 'exists': return not(expression.not, truth(`EXISTS (${builder.query(expression.query).text})`))
    case 'case': return caseOf(builder, expression)
    case 'cast': return cast(builder, builder.expression(expression.operand), expression.type)
    case 'set': return setOf(expression.members.map((member) => builder.expression(member)), expression.type)
    case 'call': return call(builder, expression, wanted)
    case 'aggregate': return aggregate(builder, expression)
    case 'query': return scalarQuery(builder, expression)
  }
}

const not = (isNot: boolean, fragment: Fragment): Fragment => isNot ? truth(`(NOT ${fragment.text})`) : fragment

const parameter = ({ binds }: Builder, { index, type }: Of<'parameter'>): Fragment =>
  ({ text: binds.add({ kind: 'parameter', index, type }), type, ...(type.name === 'timestamp' && { nanos: 1n }), ...(type.name === 'id' && { isUnsigned: true }) })

const unary = (builder: Builder, { operator, operand, type }: Of<'unary'>): Fragment => {
  const given = builder.expression(operand)
  switch (operator) {
    case 'not': return truth(`(NOT ${given.text})`)
    case '!': return { text: `(~${given.text})`, type }
    case '-': return given.constant === null ? { ...given, type } : negated(builder, given, type)
    case '+': return resulting(builder, given, type)
  }
}

/** The sides of many AND or OR in a row, which are as deep as they are many. */
const sidesOf = (expression: Of<'binary'>): readonly TypedExpression[] => {
  const found: TypedExpression[] = []
  const waiting: TypedExpression[] = [expression]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.kind === 'binary' && next.operator === expression.operator) waiting.push(next.right, next.left)
    else found.push(next)
  }
  return found
}

const binary = (builder: Builder, expression: Of<'binary'>, wanted: Wanted): Fragment => {
  const { operator, type } = expression
  if (operator === 'and' || operator === 'or') {
    return truth(joinedBy(operator === 'and' ? 'AND' : 'OR', sidesOf(expression).map((side) => builder.expression(side, wanted).text)))
  }
  const [left, right] = [builder.expression(expression.left), builder.expression(expression.right)]
  switch (operator) {
    case '+': case '-': case '*': case '/': case '%': return arithmetic(builder, operator, left, right, type)
    case '&': case '|': case '<<': case '>>': return bitwise(builder, operator, left, right, type)
    case '||': return { text: `(${left.text} || ${right.text})`, type }
    case 'like': return like(builder, left, right)
    case 'not like': return not(true, like(builder, left, right))
    default: return compare(builder, operator, left, right)
  }
}

/** Of a column, each word is looked at once. */
const like = ({ functions }: Builder, { text, coded }: Fragment, pattern: Fragment): Fragment => {
  if (coded && typeof pattern.constant === 'string') return truth(isWordOf(coded, `${functions.like()}(${pattern.text}, word)`))
  return truth(`${functions.like()}(${pattern.text}, ${text})`)
}

const nullTest = (builder: Builder, { operand, not: isNot }: Of<'null test'>): Fragment => {
  const { text, coded, stored } = builder.expression(operand)
  if (stored) return not(!isNot, truth(isThere(stored)))
  return truth(`(${coded?.number ?? text} IS ${isNot ? 'NOT ' : ''}NULL)`)
}

/** Results in one way: that of the type, in the finest unit of them. */
const alike = (builder: Builder, fragments: readonly Fragment[], type: DataType): readonly Fragment[] => {
  const there = aligned(builder, fragments.filter(({ constant }) => constant !== null)).map((one) => resulting(builder, one, type))
  let next = 0
  return fragments.map((one) => one.constant === null ? one : there[next++] ?? one)
}

const caseOf = (builder: Builder, { operand, branches, otherwise, type }: Of<'case'>): Fragment => {
  const compared = operand && builder.expression(operand)
  const results = alike(builder, [...branches.map(({ result }) => builder.expression(result)), ...otherwise ? [builder.expression(otherwise)] : []], type)
  const whens = branches.map(({ condition }, place) => {
    const test = builder.expression(condition)
    return `WHEN ${compared ? compare(builder, '=', compared, test).text : test.text} THEN ${results[place]?.text ?? 'NULL'}`
  })
  const known = results.filter(({ constant }) => constant !== null)
  const last = otherwise ? ` ELSE ${results.at(-1)?.text ?? 'NULL'}` : ''
  return { text: `(CASE ${whens.join(' ')}${last} END)`, type, nanos: known[0] && nanosOf(known[0]), isUnsigned: known.some(({ isUnsigned }) => isUnsigned) }
}

/** A query that stands for one value: nothing without a row, and refused with a second one. */
const scalarQuery = (builder: Builder, { query, type }: Of<'query'>): Fragment => {
  const { text, columns: [column] } = builder.query(query)
  if (!column) throw new Error('a subquery has a column')
  const isOne = query.limit === 1n || query.kind === 'select' && query.grouped && query.groupBy.length === 0
  const value = isOne ? `(${text})` : `(SELECT CASE WHEN count(*) > 1 THEN ${builder.functions.single()}() ELSE max(c0) END FROM (SELECT c0 FROM (${text}) LIMIT 2))`
  return { text: value, type, nanos: column.nanos, isUnsigned: column.isUnsigned }
}
