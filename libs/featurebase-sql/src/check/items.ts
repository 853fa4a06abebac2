import type { Item, Select } from '../tree.js'
import type { TypedColumn, TypedExpression } from '../typed.js'
import { settled } from './coercion.js'
import { checkExpression } from './expression.js'
import { columnNotFound, tableNotFound, tooMuch } from './messages.js'
import { nameOf } from './names.js'
import type { Scope, ScopeSource } from './scope.js'

const maxColumns = 2_000

/** A column of the answer. */
export interface TypedItem extends TypedColumn {
  readonly expression: TypedExpression
  /** The names by which ORDER BY can ask for it, in small letters. */
  readonly names: readonly string[]
}

const columnsOf = ({ id, columns }: ScopeSource, at: Select['at']): readonly TypedItem[] => columns.map(({ name, reference, type }) =>
  ({ name, type, names: [name.toLowerCase()], expression: { kind: 'column', source: id, column: reference, type, at } }))

const star = ({ at, table }: Extract<Item, { readonly kind: 'star' }>, { sources }: Scope): readonly TypedItem[] => {
  if (!table) {
    if (sources.length === 0) throw columnNotFound(at, '*')
    return sources.flatMap((source) => columnsOf(source, at))
  }
  const name = table.text.toLowerCase()
  const source = sources.find(({ names }) => names.includes(name))
  if (!source) throw tableNotFound(table.at, name)
  return columnsOf(source, at)
}

const isIn = (names: readonly string[], name: string): readonly string[] => name === '' ? names : [...names, name.toLowerCase()]

const checkItem = (item: Item, scope: Scope): readonly TypedItem[] => {
  if (item.kind === 'star') return star(item, scope)
  const expression = settled(checkExpression(item.expression, scope))
  const own = nameOf(expression, scope)
  const name = item.alias?.text ?? own
  return [{ name, type: expression.type, expression, names: isIn(isIn([], own), item.alias?.text ?? '') }]
}

/** What SELECT lists, its stars spread out. */
export const checkItems = (items: readonly Item[], scope: Scope): readonly TypedItem[] => {
  const found: TypedItem[] = []
  for (const item of items) {
    for (const typed of checkItem(item, scope)) found.push(typed)
    if (found.length > maxColumns) throw tooMuch(item.at, `an answer may have at most ${maxColumns} columns`)
  }
  return found
}
