import { meaningError } from '../error.js'
import type { Expression } from '../tree.js'
import type { TypedExpression } from '../typed.js'
import { simple } from '../types.js'
import { applyAggregate, isAggregate } from './aggregates.js'
import { applyBetween, applyIn, applyInQuery } from './among.js'
import { applyCall } from './calls.js'
import { applyCase, applyCast } from './choice.js'
import type { Call } from './functions.js'
import { checkLiteral, checkNegative, setOf } from './literals.js'
import { aggregateRefused } from './messages.js'
import { checkName, checkQualified, checkVariable } from './names.js'
import { applyBinary, applyNullTest, applyUnary } from './operators.js'
import { type Around, countPart, type Scope } from './scope.js'
import { valueType } from './type-name.js'

type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

/** What a query inside an expression sees: all that the expression sees. */
const inside = (scope: Scope): Around => ({ work: scope.work, outer: scope, common: scope.common, views: scope.views })

/** From the innermost left side outwards, so that a long chain needs no depth. */
const checkBinary = (expression: Of<'binary'>, scope: Scope): TypedExpression => {
  const chain: Of<'binary'>[] = []
  let left: Expression = expression
  for (; left.kind === 'binary'; left = left.left) chain.push(left)
  return chain.reverse().reduce((typed, next) => applyBinary(next, typed, checkExpression(next.right, scope)), checkExpression(left, scope))
}

const checkUnary = (expression: Of<'unary'>, scope: Scope): TypedExpression => {
  const negative = expression.operator === '-' ? checkNegative(expression.operand, expression.at) : undefined
  return negative ?? applyUnary(expression, checkExpression(expression.operand, scope))
}

const checkAmong = (expression: Of<'in'>, scope: Scope): TypedExpression => {
  const operand = checkExpression(expression.operand, scope)
  const { among } = expression
  if ('kind' in among) {
    const typed = applyInQuery(expression, operand, scope.work.checkQuery(among, inside(scope)))
    scope.memberships.count += 1
    return typed
  }
  return applyIn(expression, operand, among.map((member) => checkExpression(member, scope)))
}

const checkCase = (expression: Of<'case'>, scope: Scope): TypedExpression => {
  const check = (part: Expression | undefined): TypedExpression | undefined => part && checkExpression(part, scope)
  const operand = check(expression.operand)
  const branches = expression.branches.map(({ result, condition }) => {
    const typed = checkExpression(result, scope)
    return { condition: checkExpression(condition, scope), result: typed }
  })
  return applyCase(expression, operand, branches, check(expression.otherwise))
}

const checkCall = (call: Call, scope: Scope): TypedExpression => {
  const name = call.name.text.toUpperCase()
  if (!isAggregate(name)) return applyCall(call, call.arguments.map((argument) => checkExpression(argument, scope)))
  const within = { ...scope, noAggregates: 'an aggregate' }
  const typed = applyAggregate(call, name, call.arguments.map((argument) => checkExpression(argument, within)))
  if (scope.noAggregates !== undefined) throw aggregateRefused(call.name.at, name, scope.noAggregates)
  return typed
}

/** One value: the only column of the only row. */
const checkScalar = ({ query, at }: Of<'query'>, scope: Scope): TypedExpression => {
  const typed = scope.work.checkQuery(query, inside(scope))
  const [column, ...others] = typed.columns
  if (!column || others.length > 0) throw meaningError(at, 'subquery must return only one column')
  return { kind: 'query', query: typed, type: column.type, at }
}

/** What `expression` means where it stands; throws nothing but SqlError. */
export const checkExpression = (expression: Expression, scope: Scope): TypedExpression => {
  const { at } = expression
  countPart(scope.work, at)
  switch (expression.kind) {
    case 'null': case 'bool': case 'integer': case 'float': case 'string': case 'date': return checkLiteral(expression)
    case 'name': return checkName(expression, scope)
    case 'qualified': return checkQualified(expression, scope)
    case 'variable': return checkVariable(expression, scope)
    case 'parameter': return { kind: 'parameter', index: expression.index, type: simple('void'), at }
    case 'set': return setOf(expression.members.map((member) => checkExpression(member, scope)), at)
    case 'unary': return checkUnary(expression, scope)
    case 'binary': return checkBinary(expression, scope)
    case 'between': {
      const operand = checkExpression(expression.operand, scope)
      return applyBetween(expression, operand, checkExpression(expression.low, scope), checkExpression(expression.high, scope))
    }
    case 'in': return checkAmong(expression, scope)
    case 'null test': return applyNullTest(expression.not, checkExpression(expression.operand, scope))
    case 'exists': return { kind: 'exists', not: expression.not, query: scope.work.checkQuery(expression.query, inside(scope)), type: simple('bool'), at }
    case 'case': return checkCase(expression, scope)
    case 'cast': return applyCast(expression, checkExpression(expression.operand, scope), valueType(expression.type))
    case 'call': return checkCall(expression, scope)
    case 'query': return checkScalar(expression, scope)
    case 'parentheses': return { ...checkExpression(expression.inside, scope), at }
    case 'tuple': throw meaningError(at, 'a tuple can only be the value of a time quantum column')
    case 'blob': throw meaningError(at, 'a blob can only be the source of BULK INSERT')
  }
}
