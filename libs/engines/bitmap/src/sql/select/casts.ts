import { type DataType, isSet } from '@tenantry/featurebase-sql'
import { nanosOf, resulting } from './align.js'
import type { Builder } from './builder.js'
import type { Fragment } from './fragment.js'

const nanosInSecond = 1_000_000_000n
const isWhole = ({ name }: DataType): boolean => name === 'int' || name === 'id'

/** What needs no function, because it is kept so already or SQLite does just that. */
const simply = (builder: Builder, from: Fragment, to: DataType): Fragment | undefined => {
  if (from.constant === null) return { text: 'NULL', type: to, constant: null }
  if (isSet(to)) return { ...from, type: to }
  if (isWhole(from.type)) {
    if (isWhole(to)) return { ...from, type: to, constant: undefined }
    if (to.name === 'decimal' && !from.isUnsigned) return resulting(builder, { ...from, constant: undefined }, to)
    if (to.name === 'bool' && !from.isUnsigned) return { text: `(${from.text} > 0)`, type: to }
  }
  if (from.type.name === 'bool' && (to.name === 'bool' || isWhole(to))) return { text: from.text, type: to, least: 0n, most: 1n }
  if (from.type.name === 'decimal' && to.name === 'decimal') return resulting(builder, from, to)
  return from.type.name === to.name && to.name !== 'id' ? { ...from, type: to } : undefined
}

export const cast = (builder: Builder, from: Fragment, to: DataType): Fragment => {
  const simple = simply(builder, from, to)
  if (simple) return simple
  const nanos = to.name === 'timestamp' ? isWhole(from.type) ? nanosInSecond : from.type.name === 'timestamp' ? nanosOf(from) : 1n : undefined
  return { text: `${builder.functions.cast(from, { type: to, nanos })}(${from.text})`, type: to, nanos }
}
