import { clipped } from '../quote.js'
import { noteFault } from '../refusals.js'
import type { Scanner } from '../scanner.js'
import type { Argument, Call } from '../tree.js'

/** A call while it is read. */
export interface Draft {
  readonly children: Call[]
  readonly args: Argument[]
  keys: Set<string> | undefined
}

export const draft = (): Draft => ({ children: [], args: [], keys: undefined })

// Looking through a few arguments is faster than a set of their names; looking through many takes time without end.
const fewArguments = 8

const isKnown = (into: Draft, key: string): boolean => {
  if (into.args.length < fewArguments) return into.args.some((one) => one.key === key)
  into.keys ??= new Set(into.args.map((one) => one.key))
  return into.keys.has(key)
}

export const addArgument = (scanner: Scanner, into: Draft, argument: Argument): void => {
  if (isKnown(into, argument.key)) noteFault(scanner, argument.at, `duplicate argument provided: ${clipped(argument.key)}`)
  into.args.push(argument)
  into.keys?.add(argument.key)
}
