import type { Field } from '../store/catalogue.js'
import { decimalText } from '../store/decimal.js'
import { nanosOf } from '../store/field-options.js'
import { noTime, timeText } from './time-text.js'

/** A field's number as JSON has it: an integer, a decimal, a time in quotes. */
export const numberText = ({ options }: Field, value: bigint): string => {
  if (options.type === 'decimal') return decimalText(value, options.scale)
  if (options.type === 'timestamp') return JSON.stringify(timeText(value * nanosOf(options.timeUnit) + options.epochNanos))
  return String(value)
}

interface ValueText {
  readonly value?: string
  readonly float?: string
  readonly decimal?: string
  readonly time?: string
  readonly count: number
}

const valueText = ({ value = '0', float = '0', decimal = 'null', time = JSON.stringify(noTime), count }: ValueText): string =>
  `{"value":${value},"floatValue":${float},"decimalValue":${decimal},"timestampValue":${time},"count":${count}}`

/** A value and of how many records it is, as the original answers it: one of its members is used. */
export const valueJson = (field: Field, value: bigint, count: number, isFloatToo = false): string => {
  const text = numberText(field, value)
  switch (field.options.type) {
    case 'decimal': return valueText({ decimal: text, ...(isFloatToo && { float: text }), count })
    case 'timestamp': return valueText({ time: text, count })
    default: return valueText({ value: text, count })
  }
}

export const noValueJson = valueText({ count: 0 })
