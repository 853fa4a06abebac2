import { type TypedOperator, isSet } from '@tenantry/featurebase-sql'
import { aligned } from './align.js'
import type { Builder } from './builder.js'
import { type Coded, type Fragment, joinedBy } from './fragment.js'
import { containsAll } from './sets.js'

type Comparison = Extract<TypedOperator, '=' | '!=' | '<' | '<=' | '>' | '>='>

/** A number that stands for a text there is not: it is that of none, and not unknown. */
export const wordNumber = (words: string, text: string): string => `coalesce((SELECT id FROM ${words} WHERE word = ${text}), 0)`

/** Whether a number is one of those of some words. The list is never empty: nothing would be unknown of a number that is not there. */
export const isWordOf = ({ number, words }: Coded, condition: string): string => `(${number} IN (SELECT id FROM ${words} WHERE ${condition} UNION ALL SELECT 0))`

const truth = (text: string): Fragment => ({ text, type: { name: 'bool' } })

const texts = (operator: Comparison, left: Fragment, right: Fragment): string => {
  const [one, other] = [left.coded, right.coded]
  if (operator !== '=' && operator !== '!=') return `(${left.text} ${operator} ${right.text})`
  if (one && other && one.words === other.words) return `(${one.number} ${operator} ${other.number})`
  if (one && typeof right.constant === 'string') return `(${one.number} ${operator} ${wordNumber(one.words, right.text)})`
  if (other && typeof left.constant === 'string') return `(${other.number} ${operator} ${wordNumber(other.words, left.text)})`
  // A record is found by its number, and a column that is joined may have an index made of its numbers: the other side's text becomes one.
  if (other && (right.isRecord || one && !left.isRecord)) return `(${other.number} ${operator} ${numberOf(other.words, left)})`
  if (one && left.isRecord) return `(${one.number} ${operator} ${numberOf(one.words, right)})`
  return `(${left.text} ${operator} ${right.text})`
}

const numberOf = (words: string, { text, coded }: Fragment): string => `CASE WHEN ${coded?.number ?? text} IS NULL THEN NULL ELSE ${wordNumber(words, text)} END`

/** Ids as numbers without a sign: those of the upper half, which are negative where they are kept, come last. */
const ids = (operator: Comparison, left: Fragment, right: Fragment): string => {
  if (operator === '=' || operator === '!=') return `(${left.text} ${operator} ${right.text})`
  const key = ({ text, isUnsigned }: Fragment): string => isUnsigned ? `(${text} < 0, ${text})` : `(0, ${text})`
  return `(${key(left)} ${operator} ${key(right)})`
}

const areIds = (...sides: readonly Fragment[]): boolean => sides.some(({ isUnsigned }) => isUnsigned) && sides.every(({ type }) => type.name !== 'decimal')

export const compare = (builder: Builder, operator: Comparison, left: Fragment, right: Fragment): Fragment => {
  if (left.constant === null || right.constant === null) return truth('NULL')
  if (isSet(left.type)) {
    const contained = containsAll(builder, left, right)
    return operator === '!=' ? truth(`(NOT ${contained})`) : truth(contained)
  }
  if (left.type.name === 'string') return truth(texts(operator, left, right))
  if (areIds(left, right)) return truth(ids(operator, left, right))
  const [one = left, other = right] = aligned(builder, [left, right])
  return truth(`(${one.text} ${operator} ${other.text})`)
}

export const between = (builder: Builder, operand: Fragment, low: Fragment, high: Fragment): Fragment => {
  if ([operand, low, high].some(({ constant }) => constant === null) || areIds(operand, low, high)) return truth(joinedBy('AND', [compare(builder, '>=', operand, low).text, compare(builder, '<=', operand, high).text]))
  const [one = operand, least = low, most = high] = aligned(builder, [operand, low, high])
  return truth(`(${one.text} BETWEEN ${least.text} AND ${most.text})`)
}
