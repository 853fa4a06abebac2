import type { Value } from '@tenantry/pql'
import { decimalText } from '../store/decimal.js'

/** A value as the original's messages have it, which are made by Go. */
export const goText = (value: Value): string => {
  switch (value.kind) {
    case 'null': return '<nil>'
    case 'bool': return String(value.value)
    case 'int': return String(value.value)
    case 'decimal': return decimalText(value.unscaled, value.scale)
    case 'string': return value.value
    case 'timestamp': return value.text
    case 'variable': return `$${value.name}`
    case 'list': return `[${value.items.map(goText).join(' ')}]`
    case 'call': return value.call.name
  }
}
