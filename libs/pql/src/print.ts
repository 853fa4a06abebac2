import { ruleOf } from './calls.js'
import { decimalText } from './describe.js'
import { isTime } from './grammar/times.js'
import type { Argument, Call, Int, Query, Text, Value } from './tree.js'

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' }
const quoted = (text: string): string => `"${text.replace(/["\\\n\t]/g, (one) => escapes[one] ?? one)}"`

const printValue = (value: Value): string => {
  switch (value.kind) {
    case 'null': return 'null'
    case 'bool': case 'int': return String(value.value)
    case 'decimal': return value.scale === 0 ? `${value.unscaled}.0` : decimalText(value)
    case 'string': return quoted(value.value)
    case 'timestamp': return `"${value.text}"`
    case 'variable': return `$${value.name}`
    case 'list': return `[${value.items.map(printValue).join(', ')}]`
    case 'call': return printCall(value.call, true)
  }
}

const printArgument = ({ key, value }: Argument): string => {
  if (value.kind === 'condition') return `${key} ${value.op} ${printValue(value.value)}`
  if (value.kind !== 'range') return `${key}=${printValue(value)}`
  const { low, high, includesLow, includesHigh } = value
  if (low.kind === 'timestamp' || high.kind === 'timestamp') return `${key} >< [${printValue(low)}, ${printValue(high)}]`
  return `${printValue(low)} ${includesLow ? '<=' : '<'} ${key} ${includesHigh ? '<=' : '<'} ${printValue(high)}`
}

const fieldName = /^[A-Za-z_][\w\-\u0398]*$/
const isFieldName = (value: Argument['value']): value is Text => value.kind === 'string' && fieldName.test(value.value)

const isColumn = (value: Argument['value']): value is Text | Int =>
  value.kind === 'string' || (value.kind === 'int' && value.value >= 0n)

/** The first argument without its key, where its place says the same. */
const placeOf = ({ name, args: [first, second], children }: Call): string | undefined => {
  const { form } = ruleOf(name)
  if (form === 'field' && first?.key === '_field') {
    return first.value.kind === 'variable' ? printValue(first.value) : isFieldName(first.value) ? first.value.value : undefined
  }
  if ((form !== 'column' && form !== 'column and time') || first?.key !== '_col' || children.length > 0) return undefined
  return second && second.key !== '_timestamp' && isColumn(first.value) ? printValue(first.value) : undefined
}

const printRest = (call: Call): readonly string[] => {
  const last = call.args.at(-1)
  const endsInTime = ruleOf(call.name).form === 'column and time' && last?.key === '_timestamp' && last.value.kind === 'string' && isTime(last.value.value)
  return endsInTime ? [...call.args.slice(1, -1).map(printArgument), last.value.value] : call.args.slice(1).map(printArgument)
}

const printCall = (call: Call, isNested: boolean): string => {
  const place = isNested ? undefined : placeOf(call)
  const args = place === undefined ? call.args.map(printArgument) : printRest(call)
  return `${call.name}(${[...(place === undefined ? [] : [place]), ...call.children.map(printChild), ...args].join(', ')})`
}

const printChild = (call: Call): string => printCall(call, false)

/** The text of a tree that `parsePql` gave, or that it could give: parsed again it is an equal tree, places apart. */
export const printPql = (query: Query): string => query.calls.map(printChild).join('\n')
