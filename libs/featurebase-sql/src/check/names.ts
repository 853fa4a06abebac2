import type { Expression } from '../tree.js'
import type { TypedExpression } from '../typed.js'
import { columnNotFound, unknownIdentifier } from './messages.js'
import type { Scope, ScopeColumn, ScopeSource } from './scope.js'

type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

interface Found {
  readonly source: ScopeSource
  readonly column: ScopeColumn
}

/** The first source that has it, then those of the queries around. */
const find = (scope: Scope, column: string, table?: string): Found | undefined => {
  const [name, of] = [column.toLowerCase(), table?.toLowerCase()]
  for (let here: Scope | undefined = scope; here; here = here.outer) {
    for (const source of here.sources) {
      const found = of === undefined || source.names.includes(of) ? source.byName.get(name) : undefined
      if (found) return { source, column: found }
    }
  }
  return undefined
}

const reference = ({ source, column }: Found, at: Expression['at']): TypedExpression =>
  ({ kind: 'column', source: source.id, column: column.reference, type: column.type, at })

export const checkName = (expression: Of<'name'>, scope: Scope): TypedExpression => {
  const found = find(scope, expression.name.text)
  if (!found) throw columnNotFound(expression.name.at, expression.name.text)
  return reference(found, expression.name.at)
}

export const checkQualified = ({ table, column }: Of<'qualified'>, scope: Scope): TypedExpression => {
  const found = find(scope, column.text, table.text)
  if (!found) throw columnNotFound(column.at, column.text)
  return reference(found, table.at)
}

export const checkVariable = ({ name, at }: Of<'variable'>, scope: Scope): TypedExpression => {
  const found = scope.mapped?.get(name.toLowerCase())
  if (!found) throw unknownIdentifier(at, name)
  return { kind: 'mapped', index: found.index, type: found.type, at }
}

/** The name under which a column is known: not that by which it is referred to. */
export const nameOf = (expression: TypedExpression, scope: Scope): string => {
  if (expression.kind !== 'column') return ''
  for (let here: Scope | undefined = scope; here; here = here.outer) {
    const source = here.sources.find(({ id }) => id === expression.source)
    if (source) return source.columns.find(({ reference: known }) => known === expression.column)?.name ?? expression.column
  }
  return expression.column
}
