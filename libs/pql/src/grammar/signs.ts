import { refuseSyntax } from '../refusals.js'
import { codeAt, reach, skipSpace, type Scanner } from '../scanner.js'

export const openSign = 40, closeSign = 41, commaSign = 44

export const readOpen = (scanner: Scanner): void => {
  const begin = scanner.at
  if (codeAt(scanner) !== openSign) refuseSyntax(scanner)
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'open', begin, scanner.at)
}

/** Spaces are read even where no comma follows them: whatever may stand there instead may have spaces before it. */
export const readComma = (scanner: Scanner): boolean => {
  const begin = scanner.at
  skipSpace(scanner)
  if (codeAt(scanner) !== commaSign) return false
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'comma', begin, scanner.at)
  return true
}

export const readClose = (scanner: Scanner): void => {
  const begin = scanner.at
  skipSpace(scanner)
  if (codeAt(scanner) !== closeSign) refuseSyntax(scanner)
  scanner.at += 1
  skipSpace(scanner)
  reach(scanner, 'close', begin, scanner.at)
}
