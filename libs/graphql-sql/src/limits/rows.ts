import { type FieldNode, Kind, type OperationDefinitionNode, type SelectionSetNode, type ValueNode } from 'graphql'
import type { Fragments } from './measure.js'

type Variables = Readonly<Record<string, unknown>>

/** How many rows the lists of an operation may come to. */
export interface Pages {
  /** The largest product of the limits that stand inside each other. */
  readonly most: number
  /** Some limits are variables: without their values they were taken for 1. */
  readonly open: boolean
}

const limiting: ReadonlySet<string> = new Set(['limit', 'first', 'last'])
/** The arguments of such a field are its key: a column may be called limit. */
const byKey = /_by_pk_*$/

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): ReadonlyMap<string, ValueNode | undefined> =>
  new Map(variableDefinitions.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]))

/** Multiplies the limits of lists inside of lists. A list without one adds nothing: it is bounded as every answer is. */
export const pagesOf = (operation: OperationDefinitionNode, fragments: Fragments, variables: Variables | undefined): Pages => {
  const defaults = defaultsOf(operation)
  const known = new Map<string, number>()
  let open = false
  const numberOf = (value: ValueNode | undefined): number => {
    if (value?.kind === Kind.INT) return Math.max(1, Number(value.value))
    if (value?.kind !== Kind.VARIABLE) return 1
    if (!variables) open = true
    const given = variables?.[value.name.value]
    return typeof given === 'number' ? Math.max(1, given) : given === undefined ? numberOf(defaults.get(value.name.value)) : 1
  }
  const ofField = ({ name, arguments: given = [], selectionSet }: FieldNode): number => {
    const own = byKey.test(name.value) ? 1 : given.filter((one) => limiting.has(one.name.value)).reduce((most, { value }) => Math.max(most, numberOf(value)), 1)
    return selectionSet ? own * ofSet(selectionSet) : own
  }
  const ofFragment = (name: string): number => {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, 1)
    const fragment = fragments.get(name)
    const most = fragment ? ofSet(fragment.selectionSet) : 1
    known.set(name, most)
    return most
  }
  const ofSet = ({ selections }: SelectionSetNode): number => selections.reduce((most, selection) => Math.max(most,
    selection.kind === Kind.FIELD ? ofField(selection) : selection.kind === Kind.INLINE_FRAGMENT ? ofSet(selection.selectionSet) : ofFragment(selection.name.value)), 1)
  return { most: ofSet(operation.selectionSet), open }
}
