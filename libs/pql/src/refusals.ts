import { PqlError } from './error.js'
import { quote } from './quote.js'
import { positionOf } from './position.js'
import type { Scanner } from './scanner.js'

/** Line and symbol as FeatureBase counts them: by code points, a line feed being symbol 0 of the line that it begins. */
const symbolOf = (text: string, offset: number): string => {
  let line = 1
  let symbol = 0
  for (const character of `${text.slice(0, offset)}${text.slice(offset, offset + 1) || ' '}`) {
    if (character === '\n') { line += 1; symbol = 0 } else symbol += 1
  }
  return `line ${line} symbol ${symbol}`
}

/** Throws what FeatureBase says of a text that its grammar does not take, with the piece that was read farthest. */
export const refuseSyntax = ({ text, farRule, farBegin, farEnd }: Scanner): never => {
  const place = `${symbolOf(text, farBegin)} - ${symbolOf(text, farEnd)}`
  throw new PqlError('syntax', `parsing: \nparse error near ${farRule} (${place}):\n${quote(text.slice(farBegin, farEnd))}\n`, positionOf(text, farEnd))
}

export const refuseDepth = ({ text, maxDepth, at }: Scanner): never => {
  throw new PqlError('limit', `calls are nested more than ${maxDepth} deep`, positionOf(text, at))
}

/** Keeps a fault for the end: a syntax error anywhere in the text goes before it. */
export const noteFault = (scanner: Scanner, at: number, message: string): void => {
  scanner.fault ??= new PqlError('argument', message, positionOf(scanner.text, at))
}
