import type { Expression, Name } from '../tree.js'
import { printQuery } from './query.js'

type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

const quoted = (text: string, mark: '\'' | '"'): string => `${mark}${text.replaceAll(mark, mark + mark)}${mark}`

export const printName = ({ text, quoted: isQuoted }: Name): string => isQuoted ? quoted(text, '"') : text

export const printNames = (names: readonly Name[]): string => names.map(printName).join(', ')

const printList = (expressions: readonly Expression[]): string => expressions.map(printExpression).join(', ')

const negated = (not: boolean, word: string): string => not ? `NOT ${word}` : word

const printCase = ({ operand, branches, otherwise }: Of<'case'>): string => [
  'CASE', ...operand ? [printExpression(operand)] : [],
  ...branches.map(({ condition, result }) => `WHEN ${printExpression(condition)} THEN ${printExpression(result)}`),
  ...otherwise ? [`ELSE ${printExpression(otherwise)}`] : [], 'END',
].join(' ')

const printCall = ({ name, distinct, star, arguments: given }: Of<'call'>): string =>
  `${printName(name)}(${star ? '*' : `${distinct ? 'DISTINCT ' : ''}${printList(given)}`})`

const printCast = ({ operand, type: { name, scale } }: Of<'cast'>): string =>
  `CAST(${printExpression(operand)} AS ${printName(name)}${scale ? `(${printExpression(scale)})` : ''})`

const printIn = ({ operand, not, among }: Of<'in'>): string =>
  `${printExpression(operand)} ${negated(not, 'IN')} (${'kind' in among ? printQuery(among) : printList(among)})`

/** As it was written, but for spaces and the case of words: parentheses are part of a tree. */
export const printExpression = (expression: Expression): string => {
  switch (expression.kind) {
    case 'null': return 'NULL'
    case 'bool': return expression.value ? 'TRUE' : 'FALSE'
    case 'integer': return String(expression.value)
    case 'float': return expression.text
    case 'string': return quoted(expression.value, '\'')
    case 'blob': return `x${quoted(expression.value, '\'')}`
    case 'date': return expression.word.toUpperCase()
    case 'set': return `[${printList(expression.members)}]`
    case 'tuple': return `{${printList(expression.members)}}`
    case 'name': return printName(expression.name)
    case 'qualified': return `${printName(expression.table)}.${printName(expression.column)}`
    case 'variable': return `@${expression.name}`
    case 'parameter': return `?${expression.index}`
    // Two signs without a space between begin a comment.
    case 'unary': return `${expression.operator.toUpperCase()} ${printExpression(expression.operand)}`
    case 'binary': return `${printExpression(expression.left)} ${expression.operator.toUpperCase()} ${printExpression(expression.right)}`
    case 'between': return `${printExpression(expression.operand)} ${negated(expression.not, 'BETWEEN')} ${printExpression(expression.low)} AND ${printExpression(expression.high)}`
    case 'in': return printIn(expression)
    case 'null test': return `${printExpression(expression.operand)} IS ${negated(expression.not, 'NULL')}`
    case 'exists': return `${negated(expression.not, 'EXISTS')} (${printQuery(expression.query)})`
    case 'case': return printCase(expression)
    case 'cast': return printCast(expression)
    case 'call': return printCall(expression)
    case 'query': return printQuery(expression.query)
    case 'parentheses': return `(${printExpression(expression.inside)})`
  }
}
