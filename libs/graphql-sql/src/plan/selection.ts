import { Kind, type DirectiveNode, type FieldNode, type SelectionSetNode } from 'graphql'
import type { Fragments } from '../limits/measure.js'
import { NeedsValues, type Variables } from './inputs.js'

/** A field of an answer: its name there, and all the places of the document that ask for it. */
export interface Selected {
  readonly key: string
  readonly name: string
  readonly nodes: readonly [FieldNode, ...FieldNode[]]
  readonly asText: boolean
}

const isAsked = (directives: readonly DirectiveNode[] | undefined, variables: Variables): boolean => (directives ?? []).every(({ name: { value: name }, arguments: given }) => {
  if (name !== 'skip' && name !== 'include') return true
  const value = given?.[0]?.value
  if (value?.kind === Kind.VARIABLE && !variables) throw new NeedsValues()
  const truth = value?.kind === Kind.VARIABLE ? variables?.[value.name.value] === true : value?.kind === Kind.BOOLEAN && value.value
  return truth === (name === 'include')
})

/** The fields that selections ask for, in their order; there are no types here of which a fragment could be another. */
export const selectedFields = (selections: readonly (SelectionSetNode | undefined)[], fragments: Fragments, variables: Variables): readonly Selected[] => {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>()
  const seen = new Set<string>()
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (!isAsked(selection.directives, variables)) continue
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const { value: name } = selection.name
        if (!seen.has(name)) {
          seen.add(name)
          collect(fragments.get(name)?.selectionSet)
        }
      } else {
        const key = selection.alias?.value ?? selection.name.value
        const known = found.get(key)
        if (known) known.push(selection)
        else found.set(key, [selection])
      }
    }
  }
  for (const set of selections) collect(set)
  return [...found].map(([key, nodes]) => ({
    key, nodes, name: nodes[0].name.value, asText: nodes.some(({ directives }) => directives?.some(({ name }) => name.value === 'text')),
  }))
}

export const within = ({ nodes }: Selected): readonly (SelectionSetNode | undefined)[] => nodes.map(({ selectionSet }) => selectionSet)
