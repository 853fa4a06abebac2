import { nowhere, meaningError } from '../error.js'
import type { Expression, Order, Select } from '../tree.js'
import type { TypedExpression, TypedOrder } from '../typed.js'
import { columnNotFound, expected, outOfRange } from './messages.js'
import type { TypedItem } from './items.js'
import { checkQualified } from './names.js'
import { checkExpression } from './expression.js'
import type { Scope } from './scope.js'

/** The place that a whole number names, from 0. */
export const placeOf = (value: bigint, count: number): number => {
  if (value < 1n || value > BigInt(count)) throw expected(nowhere, 'column reference, alias reference or column position')
  return Number(value) - 1
}

type ByName = ReadonlyMap<string, TypedItem>

/** Each name means the first item that goes by it. */
const namesOf = (items: readonly TypedItem[]): ByName => {
  const found = new Map<string, TypedItem>()
  for (const item of items) for (const name of item.names) if (!found.has(name)) found.set(name, item)
  return found
}

/** By a column of the answer, its alias or its place; or by one of the sources that is not in the answer. */
const term = (expression: Expression, items: readonly TypedItem[], byName: ByName, scope: Scope): TypedExpression => {
  if (expression.kind === 'integer') {
    const item = items[placeOf(expression.value, items.length)]
    if (item) return item.expression
  }
  if (expression.kind === 'qualified') return checkQualified(expression, { ...scope, outer: undefined })
  if (expression.kind !== 'name') throw expected(expression.at, 'column reference, alias reference or column position')
  const { text, at } = expression.name
  const wanted = text.toLowerCase()
  const item = byName.get(wanted)
  if (item) return item.expression
  if (!scope.sources.some(({ byName }) => byName.has(wanted))) throw columnNotFound(at, text)
  return checkExpression(expression, scope)
}

export const checkOrder = (orders: readonly Order[], items: readonly TypedItem[], scope: Scope): readonly TypedOrder[] => {
  if (orders.length === 0) return []
  const byName = namesOf(items)
  return orders.map(({ expression, descending, nulls }) => ({ expression: term(expression, items, byName, scope), descending, nulls }))
}

type Count = { readonly count: Expression } | undefined

/** A count that is written out. */
const countOf = (given: Count, scope: Scope): bigint | undefined => {
  if (!given) return undefined
  const typed = checkExpression(given.count, { ...scope, sources: [], outer: undefined })
  if (typed.kind !== 'constant' || typeof typed.value !== 'bigint' || typed.type.name !== 'int') throw expected(typed.at, 'integer literal')
  if (typed.value < 0n) throw outOfRange(typed.at, String(typed.value))
  return typed.value
}

const bothRefused = 'TOP and LIMIT cannot cannot be used at the same time (TOP will be deprecated in a future release)'

export const checkLimits = ({ top, limit, offset }: Pick<Select, 'top' | 'limit' | 'offset'>, scope: Scope): Record<'limit' | 'offset', bigint | undefined> => {
  if (top && limit) throw meaningError(top.count.at, bothRefused)
  const most = countOf(top, scope)
  const last = countOf(limit, scope)
  return { limit: most ?? last, offset: countOf(offset, scope) }
}
