import { codeAt, endOfDigits, endOfField, isDigit, reach, skipSpace, type Scanner } from '../scanner.js'
import type { Argument, Value } from '../tree.js'
import { integerOf } from './numbers.js'
import { closeSign, readComma } from './signs.js'
import { readString } from './strings.js'
import { isQuote, readTime } from './times.js'

// What a call says by its place. Each of these reads it and answers it, or answers undefined with the scanner where it was.

const textArgument = (key: string, value: string, at: number): Argument => ({ key, value: { kind: 'string', value }, at })

const readColumn = (scanner: Scanner): Value | undefined => {
  const begin = scanner.at
  if (isQuote(codeAt(scanner))) return { kind: 'string', value: readString(scanner) }
  if (!isDigit(codeAt(scanner))) return undefined
  scanner.at = endOfDigits(scanner, begin)
  reach(scanner, 'digits', begin, scanner.at)
  return integerOf(scanner, scanner.text.slice(begin, scanner.at), begin)
}

/** The column of a Set or Clear, and the comma behind it. Digits without a comma may be the lower bound of a range. */
export const readColumnPlace = (scanner: Scanner): Argument | undefined => {
  const at = scanner.at
  const { fault } = scanner
  const value = readColumn(scanner)
  if (value && readComma(scanner)) return { key: '_col', value, at }
  scanner.at = at
  scanner.fault = fault
  return undefined
}

/** The name of a field that is followed by a comma or the call's end; a `field=` before it is taken for nothing. */
export const readFieldPlace = (scanner: Scanner): Argument | undefined => {
  const begin = scanner.at
  const nameBegin = scanner.text.startsWith('field=', begin) ? begin + 6 : begin
  scanner.at = endOfField(scanner, nameBegin)
  reach(scanner, 'fieldExpr', nameBegin, scanner.at)
  const name = scanner.text.slice(nameBegin, scanner.at)
  if (name !== '' && (readComma(scanner) || codeAt(scanner) === closeSign)) {
    const value: Value = name.startsWith('$') ? { kind: 'variable', name: name.slice(1) } : { kind: 'string', value: name }
    return { key: '_field', value, at: begin }
  }
  scanner.at = begin
  return undefined
}

/** The time behind the fields of a Set. */
export const readTimePlace = (scanner: Scanner): Argument | undefined => {
  const at = scanner.at
  const time = readTime(scanner)
  return time === undefined ? undefined : textArgument('_timestamp', time, at)
}

const readNamedTime = (scanner: Scanner, key: string): Argument | undefined => {
  const at = scanner.at
  if (scanner.text.startsWith(`${key}=`, at)) scanner.at += key.length + 1
  skipSpace(scanner)
  const time = readTime(scanner)
  return time === undefined ? undefined : textArgument(key, time, at)
}

/** The two times behind the field of a Range, each with its name or without. */
export const readTimesPlace = (scanner: Scanner): readonly Argument[] | undefined => {
  const begin = scanner.at
  const from = readNamedTime(scanner, 'from')
  const to = from && readComma(scanner) ? readNamedTime(scanner, 'to') : undefined
  skipSpace(scanner)
  if (from && to && codeAt(scanner) === closeSign) return [from, to]
  scanner.at = begin
  return undefined
}

/** The one or two programs of an Apply. */
export const readProgramsPlace = (scanner: Scanner): readonly Argument[] => {
  const args: Argument[] = []
  for (const key of ['_ivy', '_ivyReduce']) {
    if (!isQuote(codeAt(scanner))) break
    const at = scanner.at
    args.push(textArgument(key, readString(scanner), at))
    if (!readComma(scanner)) break
  }
  return args
}
