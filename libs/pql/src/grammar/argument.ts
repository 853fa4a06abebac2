import { noteFault, refuseSyntax } from '../refusals.js'
import { codeAt, endOfField, isDigit, isFieldStart, reach, skipSpace, textFrom, type Scanner } from '../scanner.js'
import type { Argument, Bound, Condition, Int, Operator, Range, Value } from '../tree.js'
import { endOfNumber, numberOf } from './numbers.js'
import { endOfInstant, isQuote, refuseInstantAsBound } from './times.js'
import { readValue } from './value.js'

const equals = '='
const operators: readonly Operator[] = ['><', '<=', '>=', '==', '!=', '<', '>']

/** Whether an argument may begin here: with a field, or with the lower bound of a range. */
export const beginsArgument = (scanner: Scanner): boolean => {
  const code = codeAt(scanner)
  return isFieldStart(code) || isDigit(code) || code === 45 || code === 46 || isQuote(code)
}

const isBound = (value: Value | undefined): value is Bound => value?.kind === 'int' || value?.kind === 'decimal' || value?.kind === 'timestamp'

const conditionOf = (scanner: Scanner, op: Operator, value: Value, at: number): Condition | Range => {
  if (value.kind !== 'list') return { kind: 'condition', op, value }
  const [low, high, ...more] = value.items
  if (!value.items.every(isBound)) noteFault(scanner, at, 'the list of a comparison holds numbers and timestamps only')
  if (op !== '><' || !isBound(low) || !isBound(high) || more.length > 0) return { kind: 'condition', op, value }
  return { kind: 'range', low, high, includesLow: true, includesHigh: true }
}

const readOperator = (scanner: Scanner): Operator => {
  const op = operators.find((one) => scanner.text.startsWith(one, scanner.at)) ?? refuseSyntax(scanner)
  const begin = scanner.at
  scanner.at += op.length
  reach(scanner, 'COND', begin, scanner.at)
  skipSpace(scanner)
  return op
}

/** `field = value`, or `field` compared with a value. */
const readFieldArgument = (scanner: Scanner): Argument => {
  const begin = scanner.at
  scanner.at = endOfField(scanner, begin)
  reach(scanner, 'fieldExpr', begin, scanner.at)
  const key = textFrom(scanner, begin)
  const signBegin = scanner.at
  skipSpace(scanner)
  const isAssignment = scanner.text[scanner.at] === equals
  if (isAssignment) reach(scanner, 'eq', signBegin, scanner.at + 1)
  if (!isAssignment || scanner.text[scanner.at + 1] === equals) {
    const op = readOperator(scanner)
    const at = scanner.at
    return { key, value: conditionOf(scanner, op, readValue(scanner), at), at: begin }
  }
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'eq', signBegin, scanner.at)
  return { key, value: readValue(scanner), at: begin }
}

const readBound = (scanner: Scanner): Bound => {
  const begin = scanner.at
  const instantEnd = endOfInstant(scanner)
  scanner.at = instantEnd > begin ? instantEnd : endOfNumber(scanner, begin)
  if (scanner.at === begin) return refuseSyntax(scanner)
  const end = scanner.at
  if (instantEnd > begin) { reach(scanner, 'PegText', begin, end); refuseInstantAsBound(scanner, begin, end) }
  // The fault that was noted means that this bound is never given out.
  const bound: Bound = instantEnd > begin ? { kind: 'int', value: 0n } satisfies Int : numberOf(scanner, begin, end)
  skipSpace(scanner)
  return bound
}

/** `<` or `<=`; answers whether the bound is included. */
const readLess = (scanner: Scanner): boolean => {
  const begin = scanner.at
  if (scanner.text[begin] !== '<') refuseSyntax(scanner)
  const includes = scanner.text[begin + 1] === equals
  scanner.at += includes ? 2 : 1
  reach(scanner, 'PegText', begin, scanner.at)
  skipSpace(scanner)
  return includes
}

/** `low < field <= high`. */
const readRangeArgument = (scanner: Scanner): Argument => {
  const at = scanner.at
  const low = readBound(scanner)
  const includesLow = readLess(scanner)
  const begin = scanner.at
  scanner.at = endOfField(scanner, begin)
  if (scanner.at === begin) refuseSyntax(scanner)
  reach(scanner, 'fieldExpr', begin, scanner.at)
  const key = textFrom(scanner, begin)
  skipSpace(scanner)
  const includesHigh = readLess(scanner)
  return { key, value: { kind: 'range', low, high: readBound(scanner), includesLow, includesHigh }, at }
}

export const readArgument = (scanner: Scanner): Argument =>
  isFieldStart(codeAt(scanner)) ? readFieldArgument(scanner) : readRangeArgument(scanner)
