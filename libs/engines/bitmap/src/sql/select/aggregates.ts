import { type TypedExpression, readDecimal, scaleOf } from '@tenantry/featurebase-sql'
import type { Builder } from './builder.js'
import type { Fragment } from './fragment.js'
import { isThere } from './sets.js'

type Aggregate = Extract<TypedExpression, { kind: 'aggregate' }>

/** What tells whether there is a value, and one from another, without reading texts. */
const told = ({ text, coded, stored }: Fragment, distinct: boolean): string =>
  coded ? coded.number : stored && !distinct ? `CASE WHEN ${isThere(stored)} THEN 1 END` : text

export const aggregate = (builder: Builder, { name, distinct, argument, by, type }: Aggregate): Fragment => {
  if (!argument) return { text: 'count(*)', type, least: 0n }
  const given = builder.expression(argument)
  const each = distinct ? 'DISTINCT ' : ''
  const { functions } = builder
  const scale = scaleOf(given.type)
  switch (name) {
    case 'COUNT': return { text: `count(${each}${told(given, distinct)})`, type, least: 0n }
    case 'SUM': return { text: `sum(${each}${given.text})`, type }
    case 'AVG': return { text: averageOf(builder, `sum(${each}${given.text})`, `count(${each}${given.text})`, scaleOf(type) - scale), type }
    case 'MIN':
    case 'MAX': return { ...keptLike(given), text: `${name.toLowerCase()}(${given.text})`, type }
    case 'PERCENTILE': return { text: `${functions.percentile()}(${given.text}, ${nthOf(builder, by)})`, type }
    case 'VAR': return { text: `${functions.variance()}(${given.text}, ${scaleOf(type) - 2 * scale})`, type }
    case 'CORR': return { text: `${functions.correlation()}(${given.text}, ${by ? builder.expression(by).text : 'NULL'}, ${scaleOf(type)})`, type }
  }
}

const keptLike = ({ nanos, isUnsigned, least, most }: Fragment): Omit<Fragment, 'text' | 'type'> => ({ nanos, isUnsigned, least, most })

/** Of no values there is none. */
const averageOf = ({ functions }: Builder, sum: string, count: string, shift: number): string =>
  `CASE WHEN ${count} > 0 THEN ${functions.exact()}('/', ${sum}, ${count}, ${Math.max(shift, 0)}, ${Math.max(-shift, 0)}) END`

const nthOf = (builder: Builder, by: TypedExpression | undefined): string => {
  if (by?.kind === 'constant' && typeof by.value === 'bigint') return `${builder.binds.integer(by.value)}, ${10 ** scaleOf(by.type)}`
  const text = by?.kind === 'constant' && typeof by.value === 'string' ? readDecimal(by.value) : undefined
  if (text) return `${builder.binds.integer(text.unscaled)}, ${10 ** text.scale}`
  return by ? `${builder.expression(by).text}, ${10 ** scaleOf(by.type)}` : '0, 1'
}
