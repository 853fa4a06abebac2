import type { Expression, Hint, Name, Source } from '../tree.js'
import { readExpression } from './expressions.js'
import { readList } from './operands.js'
import { isAtOffset, isAtQuery, readQuery } from './query.js'
import { advance, here, type Scanner } from './scanner.js'
import { enter, expect, expected, isAt, isAtName, leave, readAlias, readName, rise, take } from './tokens.js'

type Join = Extract<Source, { readonly kind: 'join' }>

const readSourceAlias = (scanner: Scanner): Name | undefined => isAtOffset(scanner) ? undefined : readAlias(scanner, 'table alias')

const readHint = (scanner: Scanner): Hint => {
  const name = readName(scanner, 'identifier')
  expect(scanner, '(')
  const parameters = [readName(scanner, 'identifier')]
  while (take(scanner, ',')) parameters.push(readName(scanner, 'identifier'))
  const end = here(scanner)
  expect(scanner, ')')
  return { at: name.at, name, parameters, end }
}

const readHints = (scanner: Scanner): readonly Hint[] => {
  if (!take(scanner, 'WITH')) return []
  expect(scanner, '(')
  const hints = [readHint(scanner)]
  while (take(scanner, ',')) hints.push(readHint(scanner))
  expect(scanner, ')')
  return hints
}

const readFunction = (scanner: Scanner, name: Name): Source => {
  advance(scanner)
  const { members, end } = readList(scanner, ')', 'comma or right paren')
  const call: Expression = { kind: 'call', at: name.at, name, distinct: false, star: false, arguments: members, end }
  return { kind: 'function', at: name.at, call, alias: readSourceAlias(scanner) }
}

const readInParentheses = (scanner: Scanner): Source => {
  const at = here(scanner)
  advance(scanner)
  if (!isAtQuery(scanner)) {
    const source = readSource(scanner)
    expect(scanner, ')')
    return source
  }
  const query = readQuery(scanner)
  expect(scanner, ')')
  return { kind: 'query', at, query, alias: readSourceAlias(scanner) }
}

const readOne = (scanner: Scanner): Source => {
  enter(scanner)
  scanner.height = 0
  const source = isAt(scanner, '(') ? readInParentheses(scanner) : readNamedSource(scanner)
  leave(scanner, scanner.height)
  return source
}

const readNamedSource = (scanner: Scanner): Source => {
  if (!isAtName(scanner)) throw expected(scanner, 'table name or left paren')
  const name = readName(scanner, 'table or function')
  if (isAt(scanner, '(')) return readFunction(scanner, name)
  const alias = readSourceAlias(scanner)
  return { kind: 'table', at: name.at, name, alias, hints: readHints(scanner) }
}

/** Reads up to JOIN, or the comma. */
const readJoin = (scanner: Scanner): Join['how'] | undefined => {
  if (take(scanner, ',')) return 'comma'
  const how = isAt(scanner, 'LEFT') ? 'left' : isAt(scanner, 'RIGHT') ? 'right' : isAt(scanner, 'FULL') ? 'full' : isAt(scanner, 'CROSS') ? 'cross' : 'inner'
  if (how === 'inner' && !isAt(scanner, 'INNER') && !isAt(scanner, 'JOIN')) return undefined
  if (!isAt(scanner, 'JOIN')) advance(scanner)
  if (how === 'left' || how === 'right' || how === 'full') take(scanner, 'OUTER')
  expect(scanner, 'JOIN')
  return how
}

export const readSource = (scanner: Scanner): Source => {
  let source = readOne(scanner)
  for (;;) {
    const howAt = here(scanner)
    const how = readJoin(scanner)
    if (!how) return source
    const at = source.at
    let { height } = scanner
    const right = readOne(scanner)
    height = Math.max(height, scanner.height)
    const on = take(scanner, 'ON') ? readExpression(scanner) : undefined
    rise(scanner, on ? Math.max(height, scanner.height) : height)
    source = { kind: 'join', at, how, howAt, left: source, right, on }
  }
}
