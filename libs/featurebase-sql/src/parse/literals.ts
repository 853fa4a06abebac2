import { meaningError } from '../error.js'
import type { Expression } from '../tree.js'
import { advance, type Scanner } from './scanner.js'
import { expected } from './tokens.js'

export const isLiteralNext = (scanner: Scanner): boolean => {
  switch (scanner.kind) {
    case 'INTEGER': case 'STRING': case 'FLOAT': case 'NULL': case 'TRUE': case 'FALSE': case 'BLOB': case 'CURRENT_DATE': case 'CURRENT_TIMESTAMP': return true
    default: return false
  }
}

/** Far more digits than any number has. To make a number of a million of them takes most of a second. */
const mostDigits = 100

const checkLength = ({ word, line, column }: Scanner): void => {
  if (word.length > mostDigits) throw meaningError({ line, column }, `value '${word.slice(0, mostDigits)}…' out of range`)
}

const literalOf = ({ kind, word, line, column }: Scanner): Expression | undefined => {
  const at = { line, column }
  switch (kind) {
    case 'INTEGER': return { kind: 'integer', at, value: BigInt(word) }
    case 'STRING': return { kind: 'string', at, value: word }
    case 'FLOAT': return { kind: 'float', at, text: word }
    case 'NULL': return { kind: 'null', at }
    case 'TRUE': case 'FALSE': return { kind: 'bool', at, value: kind === 'TRUE' }
    case 'BLOB': return { kind: 'blob', at, value: word }
    case 'CURRENT_DATE': return { kind: 'date', at, word: 'current_date' }
    case 'CURRENT_TIMESTAMP': return { kind: 'date', at, word: 'current_timestamp' }
    default: return undefined
  }
}

export const readLiteral = (scanner: Scanner): Expression => {
  if (scanner.kind === 'INTEGER' || scanner.kind === 'FLOAT') checkLength(scanner)
  const literal = literalOf(scanner)
  if (!literal) throw expected(scanner, 'literal')
  advance(scanner)
  return literal
}
