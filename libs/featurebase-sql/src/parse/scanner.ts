import type { Position } from '../error.js'
import {
  behindSpace, digit, doubleQuote, endOfRun, is, isFirstHalf, isSpace, letter, minus, newline, part, plus, point, question, quote, star, variable,
} from './characters.js'
import { type Kind, kindOfWord, type Sign } from './words.js'

/** Where reading stands: the token that comes next, and how deep what was read is nested. */
export interface Scanner {
  readonly text: string
  readonly maxDepth: number
  kind: Kind
  /** What the token says: a name without its quotes, a number as written. */
  word: string
  /** Where the token begins and ends, and where the one before it ended. */
  begin: number
  end: number
  lastEnd: number
  line: number
  column: number
  /** The line that `end` is in, and what is taken from an offset for its column, from 1. */
  endLine: number
  endBase: number
  /** How deep the reading of operands and queries is nested, and the height of the tree that was read last. */
  depth: number
  height: number
  /** The highest number of a parameter so far. */
  parameters: number
  /** Characters looked at, for a test that work grows with the text and no faster. */
  steps: number
}

export const scannerOf = (text: string, maxDepth: number): Scanner => {
  const scanner: Scanner = {
    text, maxDepth, kind: 'EOF', word: '', begin: 0, end: 0, lastEnd: 0, line: 1, column: 0, endLine: 1, endBase: -1, depth: 0, height: 0,
    parameters: 0, steps: 0,
  }
  advance(scanner)
  return scanner
}

export const here = (scanner: Scanner): Position => ({ line: scanner.line, column: scanner.column })

/** Goes over one character, and counts its line or its second half. */
const pass = (scanner: Scanner, code: number, at: number): void => {
  if (code === newline) {
    scanner.endLine += 1
    scanner.endBase = at
  } else if (isFirstHalf(code)) {
    scanner.endBase += 1
  }
}

const skipSpace = (scanner: Scanner): void => {
  const { text } = scanner
  let at = scanner.end
  for (let isComment = false; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (!isComment && code === minus && text.charCodeAt(at + 1) === minus) isComment = true
    else if (isComment ? code === newline : isSpace(code)) isComment = false
    else if (!isComment) break
    if (code === newline || code > 0x7f) pass(scanner, code, at)
  }
  scanner.end = at
}

const found = (scanner: Scanner, kind: Kind, word: string, end: number): void => {
  scanner.kind = kind
  scanner.word = word
  scanner.end = end
}

/** What stands between marks, of which two are one. Only BLOB and QIDENT go beyond a line. */
const scanQuoted = (scanner: Scanner, open: number, mark: '\'' | '"', kind: 'STRING' | 'QIDENT' | 'BLOB'): void => {
  const { text } = scanner
  const closing = mark.charCodeAt(0)
  let isDoubled = false
  for (let at = open; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === closing && text.charCodeAt(at + 1) === closing) {
      isDoubled = true
      at += 1
    } else if (code === closing) {
      const word = text.slice(open, at)
      return found(scanner, kind, isDoubled ? word.replaceAll(mark + mark, mark) : word, at + 1)
    } else if (code === newline && kind === 'STRING') {
      return found(scanner, 'unterminated string literal', '', at)
    } else if (code === newline || code > 0x7f) {
      pass(scanner, code, at)
    }
  }
  found(scanner, 'ILLEGAL', '', text.length)
}

const endOfExponent = (text: string, from: number): number => {
  const sign = text.charCodeAt(from + 1)
  const first = from + (sign === plus || sign === minus ? 2 : 1)
  return endOfRun(text, first, digit)
}

const scanNumber = (scanner: Scanner): void => {
  const { text, begin } = scanner
  const whole = endOfRun(text, begin, digit)
  const hasPoint = text.charCodeAt(whole) === point
  const plain = hasPoint ? endOfRun(text, whole + 1, digit) : whole
  const isPower = (text.charCodeAt(plain) | 0x20) === 0x65
  const end = isPower ? endOfExponent(text, plain) : plain
  const kind = isPower && !is(text.charCodeAt(end - 1), digit) ? 'ILLEGAL' : hasPoint || isPower ? 'FLOAT' : 'INTEGER'
  found(scanner, kind, text.slice(begin, end), end)
}

const scanWord = (scanner: Scanner): void => {
  const { text, begin } = scanner
  const end = endOfRun(text, begin, part)
  if (end === begin + 1 && text.charCodeAt(end) === quote && (text.charCodeAt(begin) | 0x20) === 0x78) return scanQuoted(scanner, end + 1, '\'', 'BLOB')
  const word = text.slice(begin, end)
  found(scanner, kindOfWord(word), word, end)
}

const oneSigns: readonly Sign[] = [';', '(', ')', '[', ']', '{', '}', ',', '!', '=', '<', '>', '&', '|', '+', '-', '*', '/', '%', '.']
const signs: readonly (Sign | undefined)[] =
  Array.from({ length: 0x80 }, (_, code) => oneSigns.find((sign) => sign.charCodeAt(0) === code))
const twoSigns: Readonly<Record<string, Sign>> = { '!=': '!=', '<>': '!=', '<=': '<=', '<<': '<<', '>=': '>=', '>>': '>>', '||': '||' }

const scanSign = (scanner: Scanner, code: number): void => {
  const { text, begin } = scanner
  const sign = signs[code] ?? 'ILLEGAL'
  const double = sign === '<' || sign === '>' || sign === '!' || sign === '|' ? twoSigns[text.slice(begin, begin + 2)] : undefined
  found(scanner, double ?? sign, double ?? sign, begin + (double ? 2 : 1))
}

const scanToken = (scanner: Scanner): void => {
  const { text, begin } = scanner
  const code = text.charCodeAt(begin)
  if (is(code, letter)) return scanWord(scanner)
  if (is(code, digit) || code === point && is(text.charCodeAt(begin + 1), digit)) return scanNumber(scanner)
  if (code === quote) return scanQuoted(scanner, begin + 1, '\'', 'STRING')
  if (code === doubleQuote) return scanQuoted(scanner, begin + 1, '"', 'QIDENT')
  if (code === variable || code === question) {
    const end = endOfRun(text, begin + 1, code === variable ? part : digit)
    return found(scanner, code === variable ? 'VARIABLE' : 'PARAMETER', text.slice(begin, end), end)
  }
  scanSign(scanner, code)
}

/** Reads the next token. Behind the last character it is EOF, at that character's place. */
export const advance = (scanner: Scanner): void => {
  const from = scanner.end
  scanner.lastEnd = from
  skipSpace(scanner)
  scanner.begin = scanner.end
  scanner.line = scanner.endLine
  scanner.column = scanner.begin - scanner.endBase
  if (scanner.begin < scanner.text.length) {
    scanToken(scanner)
  } else {
    scanner.column -= 1
    found(scanner, 'EOF', '', scanner.begin)
  }
  scanner.steps += scanner.end - from + 1
}

/** Whether the word that comes next is followed by a number or a parameter. */
export const isBeforeNumber = ({ text, end }: Scanner): boolean => {
  const code = text.charCodeAt(behindSpace(text, end))
  return is(code, digit) || code === question
}

/** Whether the name that comes next is followed by a point and a star. */
export const isBeforeStar = ({ text, end }: Scanner): boolean => {
  const at = behindSpace(text, end)
  return text.charCodeAt(at) === point && text.charCodeAt(behindSpace(text, at + 1)) === star
}
