import type { TypedExpression } from '../typed.js'
import { printType } from '../types.js'
import { partsOf, queryOf } from './walk.js'

/** What of an expression is not in its parts, where it stands left aside. */
const ownText = (expression: TypedExpression, unlike: () => number): string => {
  const head = `${expression.kind} ${printType(expression.type)}`
  if (queryOf(expression)) return `${head} ${unlike()}`
  switch (expression.kind) {
    case 'constant': return `${head} ${typeof expression.value} ${JSON.stringify(expression.value, (_, value: unknown) => typeof value === 'bigint' ? `${value}n` : value)}`
    case 'parameter': case 'mapped': return `${head} ${expression.index}`
    case 'column': return `${head} ${expression.source} ${expression.column}`
    case 'unary': case 'binary': return `${head} ${expression.operator}`
    case 'call': return `${head} ${expression.name}`
    case 'aggregate': return `${head} ${expression.name} ${expression.distinct}`
    case 'between': case 'in': case 'null test': case 'exists': return `${head} ${expression.not}`
    case 'case': return `${head} ${expression.operand !== undefined} ${expression.otherwise !== undefined}`
    case 'cast': case 'set': case 'query': return head
  }
}

/** Numbers expressions so that two that say the same have the same number. Each part is looked at once, and no depth is needed. */
export const numberShapes = (): (expression: TypedExpression) => number => {
  const known = new Map<TypedExpression, number>()
  const texts = new Map<string, number>()
  let queries = 0
  const unlike = (): number => { queries += 1; return queries }
  return (root) => {
    const ahead = [root]
    for (let next = ahead.at(-1); next; next = ahead.at(-1)) {
      const parts = partsOf(next)
      const height = ahead.length
      for (const part of parts) if (!known.has(part)) ahead.push(part)
      if (ahead.length > height) continue
      ahead.pop()
      const text = `${ownText(next, unlike)} (${parts.map((part) => known.get(part)).join(' ')})`
      const number = texts.get(text) ?? texts.size
      texts.set(text, number)
      known.set(next, number)
    }
    return known.get(root) ?? -1
  }
}
