import { type TypedExpression, isInt64, isSet, powerOfTen, scaleOf } from '@tenantry/featurebase-sql'
import { aligned, nanosOf } from './align.js'
import type { Builder, BuiltQuery } from './builder.js'
import { compare, isWordOf } from './compare.js'
import { type Fragment, joinedBy } from './fragment.js'

type In = Extract<TypedExpression, { kind: 'in' }>

export const among = (builder: Builder, { operand, among: list, not }: In): Fragment => {
  const sought = builder.expression(operand)
  const text = 'kind' in list ? amongRows(builder, sought, builder.query(list)) : amongMembers(builder, sought, list)
  return { type: { name: 'bool' }, text: not ? `(NOT ${text})` : text }
}

/** Constants go into one list, however many they are. */
const amongMembers = (builder: Builder, sought: Fragment, list: readonly TypedExpression[]): string => {
  const constants = list.map((one) => one.kind === 'constant' ? one.value : undefined)
  if (sought.constant === null) return 'NULL'
  if (isSet(sought.type) || constants.some((value) => value === undefined || value === null || typeof value === 'boolean')) {
    return joinedBy('OR', list.map((one) => compare(builder, '=', sought, builder.expression(one)).text))
  }
  const texts = constants.filter((value) => typeof value === 'string')
  if (texts.length > 0) return amongTexts(builder, sought, texts)
  const numbers = list.flatMap((one) => one.kind === 'constant' && typeof one.value === 'bigint' ? numberLike(sought, one.value, one) ?? [] : [])
  if (numbers.length === 0) return `(CASE WHEN ${sought.text} IS NOT NULL THEN 0 END)`
  return `(${sought.text} IN (SELECT value FROM json_each(${builder.binds.json(numbers)})))`
}

const amongTexts = ({ binds }: Builder, { text, coded }: Fragment, texts: readonly string[]): string => {
  const list = `SELECT value FROM json_each(${binds.json(texts)})`
  return coded ? isWordOf(coded, `word IN (${list})`) : `(${text} IN (${list}))`
}

/** A constant as the value that it is compared with is kept; undefined for one that it can never be. */
const numberLike = (sought: Fragment, value: bigint, { type }: TypedExpression): bigint | undefined => {
  if (sought.type.name === 'id') return value >= 0n || !sought.isUnsigned ? BigInt.asIntN(64, value) : undefined
  const under = sought.type.name === 'timestamp' ? nanosOf(sought) : powerOfTen(Math.max(scaleOf(type) - scaleOf(sought.type), 0))
  const count = sought.type.name === 'timestamp' ? value : value * powerOfTen(Math.max(scaleOf(sought.type) - scaleOf(type), 0))
  if (count % under !== 0n) return undefined
  const like = count / under
  return isInt64(like) ? like : undefined
}

const amongRows = (builder: Builder, sought: Fragment, { text, columns: [column] }: BuiltQuery): string => {
  if (!column) throw new Error('a subquery of IN has a column')
  const row = { ...column, text: 'c0' }
  const [one = sought, other = row] = aligned(builder, [sought, row])
  return `(${one.text} IN (SELECT ${other.text} FROM (${text})))`
}
