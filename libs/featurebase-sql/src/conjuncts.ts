import type { TypedExpression } from './typed.js'

/** The conditions that all have to hold for one to, from the left to the right. */
export const conjunctsOf = (condition: TypedExpression | undefined): readonly TypedExpression[] => {
  const found: TypedExpression[] = []
  const waiting = condition ? [condition] : []
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.kind === 'binary' && next.operator === 'and') waiting.push(next.right, next.left)
    else found.push(next)
  }
  return found
}
