import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/** What a set of selections asks for, with all that its fragments add. */
export interface Measure {
  readonly depth: number
  readonly aliases: number
  /** Fields of the set itself. */
  readonly fields: number
  readonly cost: number
}

const nothing: Measure = { depth: 0, aliases: 0, fields: 0, cost: 0 }
const perLevel = 1.5

/** What the schema itself says is not looked into: graphql-js bounds how deep that may go. Its size is that of all tables. */
const schemaCosts: Readonly<Record<string, number>> = { __schema: 2_000, __type: 100 }

const sum = (one: Measure, other: Measure): Measure => ({
  depth: Math.max(one.depth, other.depth), aliases: one.aliases + other.aliases, fields: one.fields + other.fields, cost: one.cost + other.cost,
})

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

export const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(definitions.flatMap((definition) => definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : []))

/**
 * Measures selections in time that grows with the text alone: a fragment is measured once, however often it is spread. One that
 * spreads itself adds nothing; validation refuses it.
 */
export const measureOf = (selections: SelectionSetNode, fragments: Fragments): Measure => {
  const known = new Map<string, Measure>()
  const ofFragment = (name: string): Measure => {
    const found = known.get(name)
    if (found) return found
    known.set(name, nothing)
    const fragment = fragments.get(name)
    const measured = fragment ? ofSet(fragment.selectionSet) : nothing
    known.set(name, measured)
    return measured
  }
  const ofField = ({ name, alias, selectionSet }: FieldNode): Measure => {
    const aliases = alias ? 1 : 0
    const flat = schemaCosts[name.value]
    if (flat !== undefined) return { depth: 1, aliases, fields: 1, cost: flat }
    if (!selectionSet) return { depth: 1, aliases, fields: 1, cost: 1 }
    const inner = ofSet(selectionSet)
    return { depth: 1 + inner.depth, aliases: aliases + inner.aliases, fields: 1, cost: 2 + perLevel * inner.cost }
  }
  const ofSet = ({ selections: all }: SelectionSetNode): Measure => all.map((selection) => {
    if (selection.kind === Kind.FIELD) return ofField(selection)
    return selection.kind === Kind.INLINE_FRAGMENT ? ofSet(selection.selectionSet) : ofFragment(selection.name.value)
  }).reduce(sum, nothing)
  return ofSet(selections)
}
