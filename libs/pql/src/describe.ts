import { clipped, quote } from './quote.js'
import type { Argument, Call, Condition, Decimal, Range, Value } from './tree.js'

/** The digits of a decimal; one that is whole has no point here. */
export const decimalText = ({ unscaled, scale }: Decimal): string => {
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A value as FeatureBase's messages show it inside a sentence (Go's %v): texts bare, lists by spaces, null as `<nil>`. */
export const describeValue = (value: Value): string => {
  switch (value.kind) {
    case 'null': return '<nil>'
    case 'bool': case 'int': return String(value.value)
    case 'decimal': return decimalText(value)
    case 'string': return clipped(value.value)
    case 'timestamp': return value.text
    case 'variable': return `$${value.name}`
    case 'list': return `[${value.items.map(describeValue).join(' ')}]`
    case 'call': return describe(value.call)
  }
}

const inList = (value: Value): string => value.kind === 'string' ? quote(value.value) : describeValue(value)

const operand = (value: Value): string => {
  switch (value.kind) {
    case 'null': return 'null'
    case 'string': return quote(value.value)
    case 'timestamp': return quote(value.text)
    case 'list': return `[${value.items.map(inList).join(',')}]`
    default: return describeValue(value)
  }
}

const described = ({ key, value }: { readonly key: string; readonly value: Argument['value'] }): string => {
  if (value.kind === 'range') return describeRange(key, value)
  if (value.kind === 'condition') return describeCondition(key, value)
  return `${key}=${operand(value)}`
}

const describeRange = (key: string, { low, high, includesLow, includesHigh }: Range): string =>
  low.kind === 'timestamp' || high.kind === 'timestamp' ? ''
    : `${describeValue(low)}<${includesLow ? '=' : ''}${key}<${includesHigh ? '=' : ''}${describeValue(high)}`

const describeCondition = (key: string, { op, value }: Condition): string => op === '><' ? '' : `${key}${op}${operand(value)}`

const byKey = (one: Argument, other: Argument): number => one.key < other.key ? -1 : one.key > other.key ? 1 : 0

const describe = (call: Call): string =>
  `${call.name}(${[...call.children.map(describe), ...[...call.args].sort(byKey).map(described)].join(', ')})`

/** A call as FeatureBase's messages show it: arguments by their keys' order, places under their keys. It is for people, not for parsing. */
export const describeCall = (call: Call): string => clipped(describe(call))
