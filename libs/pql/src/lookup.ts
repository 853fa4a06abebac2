import type { Argument, Call } from './tree.js'

export const argumentOf = (call: Call, key: string): Argument | undefined => call.args.find((one) => one.key === key)

export const valueOf = (call: Call, key: string): Argument['value'] | undefined => argumentOf(call, key)?.value

/** The field that a call names by `field=` or by its place; a text or a variable wherever the check of arguments has seen to it. */
export const fieldOf = (call: Call): Argument['value'] | undefined => valueOf(call, 'field') ?? valueOf(call, '_field')

const textOf = (value: Argument['value'] | undefined): string | undefined => value?.kind === 'string' ? value.value : undefined

/** The name of another index that this call, and what is inside it, is about. An empty one is none. */
export const indexOf = (call: Call): string | undefined => textOf(valueOf(call, '_index')) ?? (textOf(valueOf(call, 'index')) || undefined)

const neverFields: ReadonlySet<string> = new Set(['from', 'to', 'index'])

/** The arguments whose key is a field, in calls that take fields for keys: not `_…`, `from`, `to` or `index`. */
export const fieldArguments = (call: Call): readonly Argument[] => call.args.filter(({ key }) => !key.startsWith('_') && !neverFields.has(key))
