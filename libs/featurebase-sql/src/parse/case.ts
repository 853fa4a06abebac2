import type { Branch, Expression } from '../tree.js'
import { readExpression } from './expressions.js'
import { advance, here, type Scanner } from './scanner.js'
import { expect, expected, isAt, take } from './tokens.js'

const readBranch = (scanner: Scanner): Branch => {
  const at = here(scanner)
  expect(scanner, 'WHEN')
  const condition = readExpression(scanner)
  const { height } = scanner
  expect(scanner, 'THEN')
  const result = readExpression(scanner)
  scanner.height = Math.max(height, scanner.height)
  return { at, condition, result }
}

export const readCase = (scanner: Scanner): Expression => {
  const at = here(scanner)
  advance(scanner)
  scanner.height = 0
  const operand = isAt(scanner, 'WHEN') ? undefined : readExpression(scanner)
  let height = scanner.height
  const branches: Branch[] = []
  do {
    branches.push(readBranch(scanner))
    height = Math.max(height, scanner.height)
    if (!isAt(scanner, 'WHEN') && !isAt(scanner, 'ELSE') && !isAt(scanner, 'END')) throw expected(scanner, 'WHEN, ELSE or END')
  } while (isAt(scanner, 'WHEN'))
  const otherwise = take(scanner, 'ELSE') ? readExpression(scanner) : undefined
  scanner.height = Math.max(height, scanner.height)
  const end = here(scanner)
  expect(scanner, 'END')
  return { kind: 'case', at, operand, branches, otherwise, end }
}
