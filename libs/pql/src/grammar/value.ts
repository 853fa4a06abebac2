import { refuseSyntax } from '../refusals.js'
import { codeAt, endOfField, endOfName, endOfSpace, endOfWord, isDigit, isLetter, reach, skipSpace, textFrom, type Scanner } from '../scanner.js'
import type { Value } from '../tree.js'
import { readNestedCall } from './call.js'
import { endOfNumber, numberOf } from './numbers.js'
import { closeSign, commaSign, openSign, readComma } from './signs.js'
import { readString } from './strings.js'
import { endOfInstant, instantOf, isQuote, readTime } from './times.js'

const dollar = 36, openList = 91, closeList = 93

const literals: readonly (readonly [string, Value])[] = [
  ['null', { kind: 'null' }], ['true', { kind: 'bool', value: true }], ['false', { kind: 'bool', value: false }],
]

/** These words are literals before a comma or a closing parenthesis and texts elsewhere, as before the end of a list. */
const readLiteral = (scanner: Scanner, word: string): Value | undefined => {
  const literal = literals.find(([name]) => name === word)
  if (!literal) return undefined
  const code = codeAt(scanner, endOfSpace(scanner, scanner.at + word.length))
  if (code !== commaSign && code !== closeSign) return undefined
  scanner.at += word.length
  return literal[1]
}

/** A word is a call where a parenthesis follows its letters and digits; else it may hold dashes, underscores and colons. */
const readWord = (scanner: Scanner): Value => {
  const begin = scanner.at
  const nameEnd = endOfName(scanner, begin)
  const end = endOfWord(scanner, begin)
  const literal = nameEnd === end && end - begin <= 5 ? readLiteral(scanner, scanner.text.slice(begin, end)) : undefined
  if (literal) return literal
  reach(scanner, 'IDENT', begin, nameEnd)
  if (nameEnd > begin && codeAt(scanner, nameEnd) === openSign) return { kind: 'call', call: readNestedCall(scanner) }
  if (end === begin) return refuseSyntax(scanner)
  scanner.at = end
  reach(scanner, 'PegText', begin, end)
  return { kind: 'string', value: textFrom(scanner, begin) }
}

const readVariable = (scanner: Scanner): Value => {
  const begin = scanner.at
  scanner.at = endOfField(scanner, begin)
  if (scanner.at === begin + 1) return refuseSyntax(scanner)
  reach(scanner, 'variable', begin, scanner.at)
  return { kind: 'variable', name: scanner.text.slice(begin + 1, scanner.at) }
}

const readQuoted = (scanner: Scanner): Value => {
  const begin = scanner.at
  const time = readTime(scanner)
  if (time !== undefined) return { kind: 'string', value: time }
  const end = endOfInstant(scanner)
  if (end === begin) return { kind: 'string', value: readString(scanner) }
  scanner.at = end
  reach(scanner, 'PegText', begin, end)
  return instantOf(scanner, scanner.text.slice(begin + 1, end - 1), begin)
}

const readNumberOrTime = (scanner: Scanner): Value | undefined => {
  const time = readTime(scanner)
  if (time !== undefined) return { kind: 'string', value: time }
  const begin = scanner.at
  scanner.at = endOfNumber(scanner, begin)
  return scanner.at === begin ? undefined : numberOf(scanner, begin, scanner.at)
}

const readItem = (scanner: Scanner): Value => {
  const code = codeAt(scanner)
  if (isLetter(code)) return readWord(scanner)
  if (isQuote(code)) return readQuoted(scanner)
  if (code === dollar) return readVariable(scanner)
  // A dash may begin a number or a word, and a word may begin with what no number does.
  return (isDigit(code) || code === 45 || code === 46 ? readNumberOrTime(scanner) : undefined) ?? readWord(scanner)
}

const readList = (scanner: Scanner): Value => {
  const items: Value[] = []
  const begin = scanner.at
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'lbrack', begin, scanner.at)
  do items.push(readItem(scanner))
  while (readComma(scanner))
  if (codeAt(scanner) !== closeList) return refuseSyntax(scanner)
  const end = scanner.at
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'rbrack', end, scanner.at)
  return { kind: 'list', items }
}

export const readValue = (scanner: Scanner): Value => codeAt(scanner) === openList ? readList(scanner) : readItem(scanner)
