import { callNameOf, ruleOf, type ArgumentType } from './calls.js'
import { describeCall } from './describe.js'
import { PqlError } from './error.js'
import { positionOf } from './position.js'
import { clipped } from './quote.js'
import type { Argument, Call, Query, Value } from './tree.js'

type Kind = Argument['value']['kind']

/** The names that FeatureBase's messages have for kinds of values. */
const namesOfKinds: Readonly<Record<Kind, string>> = {
  null: '<nil>', bool: 'bool', int: 'int64', decimal: 'pql.Decimal', string: 'string', timestamp: 'time.Time', variable: '*pql.Variable',
  list: '[]interface {}', call: '*pql.Call', condition: '*pql.Condition', range: '*pql.Condition',
}

const either = (...kinds: readonly Kind[]): ReadonlySet<Kind> => new Set(kinds)
const taken: Readonly<Record<Exclude<ArgumentType, 'anything'>, ReadonlySet<Kind>>> = {
  'int': either('int'),
  'string': either('string'),
  'bool': either('bool'),
  'string or int': either('string', 'int'),
  'string or variable': either('string', 'variable'),
  'list or variable': either('list', 'variable'),
}

const wantedText: Readonly<Record<Exclude<ArgumentType, 'anything'>, (got: string) => string>> = {
  'int': (got) => `wrong type (got ${got}, expected int64)`,
  'string': (got) => `wrong type (got ${got}, expected string)`,
  'bool': (got) => `wrong type (got ${got}, expected bool)`,
  'string or int': (got) => `needed a string or integer value, got ${got}`,
  'string or variable': (got) => `needed a string or variable value, got ${got}`,
  'list or variable': (got) => `needed a []interface{} or variable value, got ${got}`,
}

const refuse = (text: string, at: number, message: string): never => {
  throw new PqlError('argument', message, positionOf(text, at))
}

const callsIn = (value: Argument['value']): readonly Value[] =>
  value.kind === 'list' ? value.items : value.kind === 'condition' ? callsIn(value.value) : value.kind === 'range' ? [] : [value]

const checkArgument = (text: string, call: Call, { key, value, at }: Argument): void => {
  const { open, args } = ruleOf(call.name)
  const type = Object.hasOwn(args, key) ? args[key] : undefined
  if (!type && !open) refuse(text, at, `'${describeCall(call)}': unknown arg '${clipped(key)}'`)
  if (!type && key.startsWith('_')) refuse(text, at, `'${describeCall(call)}': unknown reserved arg '${clipped(key)}'`)
  for (const one of callsIn(value)) if (one.kind === 'call') checkCall(text, one.call)
  if (!type || type === 'anything' || taken[type].has(value.kind)) return
  refuse(text, at, `'${describeCall(call)}': arg '${key}' ${wantedText[type](namesOfKinds[value.kind])}`)
}

const checkCall = (text: string, call: Call): void => {
  if (callNameOf(call.name) !== call.name) refuse(text, call.at, `no arg validation for '${clipped(call.name)}'`)
  for (const argument of call.args) checkArgument(text, call, argument)
  for (const child of call.children) checkCall(text, child)
}

/** Refuses calls that there are not, and arguments that a call does not take: the first of them in the order of the text. */
export const check = (text: string, query: Query): void => {
  for (const call of query.calls) checkCall(text, call)
}
