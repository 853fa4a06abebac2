import { type DataType, type TypedExpression, isScalarFunction, meaningError, nanosOfUnit, nowhere } from '@tenantry/featurebase-sql'
import { aligned, nanosOf, resulting } from './align.js'
import type { Builder, Wanted } from './builder.js'
import type { Fragment } from './fragment.js'
import { setCall } from './sets.js'

type Call = Extract<TypedExpression, { kind: 'call' }>

const nanosInMilli = 1_000_000n
const nanosInSecond = 1_000_000_000n

const constantText = (expression: TypedExpression | undefined): string | undefined => expression?.kind === 'constant' && typeof expression.value === 'string' ? expression.value : undefined

/** Parts of a time that are finer than a second. */
const fineParts: Readonly<Record<string, bigint>> = { ms: 1_000_000n, us: 1_000n, ns: 1n }

/** In which unit a function that gives a time counts it: coarse enough for all years, as fine as it may have to be. */
const unitOfResult = ({ name, arguments: given }: Call, fragments: readonly Fragment[]): bigint => {
  if (name === 'DATETIMEFROMPARTS') return nanosInMilli
  if (name === 'TOTIMESTAMP') {
    const [, unit] = given
    const text = constantText(unit)
    return unit ? text === undefined ? 1n : nanosOfUnit(text) : nanosInSecond
  }
  const part = constantText(given[0])?.toLowerCase()
  const added = part === undefined ? 1n : fineParts[part] ?? nanosInSecond
  const own = fragments[2] ? nanosOf(fragments[2]) : nanosInSecond
  return added < own ? added : own
}

const coalesce = (builder: Builder, given: readonly Fragment[], type: DataType): Fragment => {
  const there = given.filter(({ constant }) => constant !== null)
  const [first] = there
  if (!first) return { text: 'NULL', type, constant: null }
  const alike = aligned(builder, there).map((one) => resulting(builder, one, type))
  const [one = first] = alike
  return { text: alike.length === 1 ? one.text : `coalesce(${alike.map(({ text }) => text).join(', ')})`, type, nanos: one.nanos, isUnsigned: there.some(({ isUnsigned }) => isUnsigned) }
}

export const call = (builder: Builder, expression: Call, wanted: Wanted): Fragment => {
  const { name, arguments: given, type } = expression
  if (name === 'CURRENT_TIMESTAMP') return { text: builder.binds.add({ kind: 'now', of: 'moment' }), type, nanos: nanosInMilli }
  if (name === 'CURRENT_DATE') return { text: builder.binds.add({ kind: 'now', of: 'day' }), type, nanos: nanosInMilli }
  if (name === 'RANGEQ') throw meaningError(nowhere, 'calling ranqeq() usage invalid')
  const contained = setCall(builder, expression, wanted)
  if (contained) return contained
  const fragments = given.map((one) => builder.expression(one))
  if (name === 'COALESCE') return coalesce(builder, fragments, type)
  if (!isScalarFunction(name)) throw new Error(`${name} is no function of values`)
  if (fragments.some(({ constant }) => constant === null)) return { text: 'NULL', type, constant: null, ...(type.name === 'timestamp' && { nanos: nanosInSecond }) }
  const nanos = type.name === 'timestamp' ? unitOfResult(expression, fragments) : undefined
  return { text: `${builder.functions.call(name, fragments, { type, nanos })}(${fragments.map(({ text }) => text).join(', ')})`, type, nanos }
}
