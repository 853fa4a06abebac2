import { nowhere, SqlError } from '../error.js'
import type { Statement } from '../tree.js'
import { type Scanner, scannerOf } from './scanner.js'
import { readStatement } from './statements.js'
import { expected, isAt, take } from './tokens.js'

export interface ParseLimits {
  /** How high a tree may be. Whoever walks one may count on a stack of the usual size. */
  readonly maxDepth?: number
}

const defaultDepth = 500

/** Parses with a scanner of the caller's, which then tells how much work it was. */
export const parseWith = (scanner: Scanner): readonly Statement[] => {
  if (isAt(scanner, 'EOF')) throw new SqlError('syntax', 'EOF', nowhere)
  const statements = [readStatement(scanner)]
  while (take(scanner, ';')) if (!isAt(scanner, 'EOF') && !isAt(scanner, ';')) statements.push(readStatement(scanner))
  if (!isAt(scanner, 'EOF')) throw expected(scanner, 'semicolon or EOF')
  return statements
}

/** The statements of a text, at least one. Throws a SqlError and nothing else. */
export const parseSql = (text: string, { maxDepth = defaultDepth }: ParseLimits = {}): readonly Statement[] => parseWith(scannerOf(text, maxDepth))
