import type { PqlError } from './error.js'

/**
 * Where reading stands. Failing reads are described by the piece that was read farthest, as FeatureBase describes them: `reach` keeps
 * it, and calls to it stand in the order in which FeatureBase's grammar tries its rules.
 */
export interface Scanner {
  readonly text: string
  readonly maxDepth: number
  at: number
  depth: number
  farRule: string
  farBegin: number
  farEnd: number
  /** The first fault that only a text without syntax errors is told of. */
  fault: PqlError | undefined
  /** Characters looked at, for a test that work grows with the text and no faster. */
  steps: number
}

export const scannerOf = (text: string, maxDepth: number): Scanner =>
  ({ text, maxDepth, at: 0, depth: 0, farRule: 'Unknown', farBegin: 0, farEnd: 0, fault: undefined, steps: 0 })

export const reach = (scanner: Scanner, rule: string, begin: number, end: number): void => {
  if (end <= scanner.farEnd || begin === end) return
  scanner.farRule = rule
  scanner.farBegin = begin
  scanner.farEnd = end
}

// A table of classes is read three times as fast as comparisons behind a function that is an argument.
const space = 1, digit = 2, letter = 4, fieldStart = 8, fieldPart = 16, wordPart = 32, namePart = letter | digit
const theta = '\u0398'
const classes = new Uint8Array(0x400)

const put = (characters: string, bits: number): void => {
  for (const character of characters) classes[character.charCodeAt(0)] = (classes[character.charCodeAt(0)] ?? 0) | bits
}

put(' \t\n', space)
put('0123456789', digit | fieldPart | wordPart)
put('abcdefghijklmnopqrstuvwxyz', letter | fieldStart | fieldPart | wordPart)
put('ABCDEFGHIJKLMNOPQRSTUVWXYZ', letter | fieldStart | fieldPart | wordPart)
put('_', fieldStart | fieldPart | wordPart)
put('$', fieldStart)
put('-', fieldPart | wordPart)
put(':', wordPart)
put(theta, fieldPart)

const is = (code: number, bits: number): boolean => ((classes[code] ?? 0) & bits) !== 0

export const isDigit = (code: number): boolean => is(code, digit)
export const isLetter = (code: number): boolean => is(code, letter)
export const isFieldStart = (code: number): boolean => is(code, fieldStart)

/** The end of the run of characters that begins at `from`. */
const endOfRun = (scanner: Scanner, from: number, bits: number): number => {
  let end = from
  while (is(scanner.text.charCodeAt(end), bits)) end += 1
  scanner.steps += end - from + 1
  return end
}

export const codeAt = (scanner: Scanner, at = scanner.at): number => scanner.text.charCodeAt(at)

export const skipSpace = (scanner: Scanner): void => {
  const begin = scanner.at
  scanner.at = endOfRun(scanner, begin, space)
  reach(scanner, 'sp', begin, scanner.at)
}

export const endOfSpace = (scanner: Scanner, from: number): number => endOfRun(scanner, from, space)
export const endOfDigits = (scanner: Scanner, from: number): number => endOfRun(scanner, from, digit)
export const endOfWord = (scanner: Scanner, from: number): number => endOfRun(scanner, from, wordPart)

/** The end of a call's name at `from`, or `from` where none begins. */
export const endOfName = (scanner: Scanner, from: number): number => isLetter(codeAt(scanner, from)) ? endOfRun(scanner, from, namePart) : from

/** The end of a field's name at `from`, or `from` where none begins. */
export const endOfField = (scanner: Scanner, from: number): number =>
  isFieldStart(codeAt(scanner, from)) ? endOfRun(scanner, from + 1, fieldPart) : from

export const textFrom = (scanner: Scanner, begin: number): string => scanner.text.slice(begin, scanner.at)
