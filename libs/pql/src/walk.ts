import { ruleOf, type CallName } from './calls.js'
import type { Argument, Call, Query, Value } from './tree.js'

const within = (value: Argument['value'] | Value): readonly Call[] => {
  switch (value.kind) {
    case 'call': return [value.call]
    case 'list': return value.items.flatMap(within)
    case 'condition': return within(value.value)
    default: return []
  }
}

/** The calls right inside a call: its children, and then those among its arguments. */
export const callsInside = (call: Call): readonly Call[] => [...call.children, ...call.args.flatMap(({ value }) => within(value))]

/** Every call of a tree, a call before those inside it. */
export function* walk(calls: readonly Call[]): Generator<Call> {
  // A stack of its own: a tree as wide as the text is long is no reason to be deep.
  const waiting = [...calls].reverse()
  for (let call = waiting.pop(); call; call = waiting.pop()) {
    yield call
    for (const inner of callsInside(call).toReversed()) waiting.push(inner)
  }
}

/** Whether this call by itself changes records. */
export const isWrite = ({ name }: Call): boolean => ruleOf(name).access === 'write'

/** Whether anything in the request changes records, however deep it stands. What may only read is refused by this. */
export const hasWrites = ({ calls }: Query): boolean => {
  for (const call of walk(calls)) if (isWrite(call)) return true
  return false
}

const counted: ReadonlySet<CallName> = new Set<CallName>(['Set', 'Clear', 'ClearRow', 'Store'])

/** The writes that a limit of writes a request counts: those at the top, without Delete. */
export const countWrites = ({ calls }: Query): number => calls.reduce((sum, { name }) => counted.has(name) ? sum + 1 : sum, 0)
