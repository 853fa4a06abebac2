import type { TypedExpression, TypedQuery, TypedSource } from '../typed.js'

/** What an expression is made of, in the order of the text; a query inside it is not among it. */
export const partsOf = (expression: TypedExpression): readonly TypedExpression[] => {
  switch (expression.kind) {
    case 'constant': case 'parameter': case 'column': case 'mapped': case 'exists': case 'query': return []
    case 'unary': case 'null test': case 'cast': return [expression.operand]
    case 'binary': return [expression.left, expression.right]
    case 'between': return [expression.operand, expression.low, expression.high]
    case 'in': return 'kind' in expression.among ? [expression.operand] : [expression.operand, ...expression.among]
    case 'case': return [
      ...expression.operand ? [expression.operand] : [], ...expression.branches.flatMap(({ condition, result }) => [condition, result]),
      ...expression.otherwise ? [expression.otherwise] : [],
    ]
    case 'set': return expression.members
    case 'call': return expression.arguments
    case 'aggregate': return [...expression.argument ? [expression.argument] : [], ...expression.by ? [expression.by] : []]
  }
}

/** The query that an expression asks, if it asks one. */
export const queryOf = (expression: TypedExpression): TypedQuery | undefined => {
  if (expression.kind === 'exists' || expression.kind === 'query') return expression.query
  return expression.kind === 'in' && 'kind' in expression.among ? expression.among : undefined
}

const ofSource = (source: TypedSource | undefined): readonly TypedExpression[] => {
  if (source?.kind === 'query') return expressionsOf(source.query)
  if (source?.kind !== 'join') return []
  return [...ofSource(source.left), ...ofSource(source.right), ...source.on ? [source.on] : []]
}

/** All the expressions that a query has at its own level, its sources' among them. */
export const expressionsOf = (query: TypedQuery): readonly TypedExpression[] => {
  if (query.kind === 'union') return [...expressionsOf(query.left), ...expressionsOf(query.right)]
  const { expressions, from, where, groupBy, having, orderBy } = query
  const ordered = orderBy.map(({ expression }) => expression)
  return [...expressions, ...ofSource(from), ...where ? [where] : [], ...groupBy, ...having ? [having] : [], ...ordered]
}

/** Every part of `roots` in the order of the text, with those of queries inside or without; what `enter` refuses is not entered. */
export const walk = (roots: readonly TypedExpression[], queries: 'with queries' | 'without queries', enter: (expression: TypedExpression) => boolean): void => {
  const ahead = [...roots].reverse()
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    if (!enter(next)) continue
    const query = queries === 'with queries' ? queryOf(next) : undefined
    const parts = query ? [...partsOf(next), ...expressionsOf(query)] : partsOf(next)
    for (let place = parts.length - 1; place >= 0; place -= 1) {
      const part = parts[place]
      if (part) ahead.push(part)
    }
  }
}
