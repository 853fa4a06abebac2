import { type DataType, type Position, SqlError, type Value, castValue, meaningError, printType, readDecimal, rescale, simple } from '@tenantry/featurebase-sql'
import { Written } from '../../store/json.js'
import { truthIn } from '../../store/truth.js'

const asText = simple('string')

const refuse = (given: unknown, type: DataType, at: Position): never => {
  throw meaningError(at, `value '${String(given instanceof Written ? given.text : given).slice(0, 200)}' cannot be converted to type '${printType(type)}'`)
}

/** The cell at a place of a row. Throws SqlError for a row that is too short. */
export const cellOf = (cells: readonly string[], place: number, at: Position): string => {
  const cell = cells[place]
  if (cell === undefined) throw meaningError(at, `map index ${place} out of range`)
  return cell
}

/** What a cell of CSV says as a value of a type; an empty one says nothing. */
export const cellValue = (cell: string, type: DataType, at: Position): Value => {
  if (cell === '') return null
  switch (type.name) {
    case 'string': return cell
    case 'stringset':
    case 'stringsetq': return [cell]
    case 'idset':
    case 'idsetq': return [wholeIn(cell, type, at)]
    case 'int':
    case 'id': return wholeIn(cell, type, at)
    case 'bool': return truthIn(cell.trim()) ?? refuse(cell, type, at)
    case 'decimal': return decimalIn(cell, type, at)
    case 'timestamp': return timeIn(cell, type, at)
    default: return refuse(cell, type, at)
  }
}

const whole = /^\s*[+-]?\d{1,19}\s*$/

const wholeIn = (text: string, type: DataType, at: Position): bigint => {
  const value = whole.test(text) ? BigInt(text.replace('+', '')) : refuse(text, type, at)
  return BigInt.asIntN(64, value) === value ? value : refuse(text, type, at)
}

const decimalIn = (text: string, type: Extract<DataType, { name: 'decimal' }>, at: Position): bigint => {
  const read = readDecimal(text.trim())
  return read ? rescale(read.unscaled, read.scale, type.scale) : refuse(text, type, at)
}

const spaced = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/

/** A time in RFC 3339, a day, a day and a time with a space between, or seconds since 1970. */
const timeIn = (text: string, type: DataType, at: Position): bigint => {
  if (/^-?\d{1,15}$/.test(text)) return BigInt(text) * 1_000_000_000n
  try {
    return castValue(text.replace(spaced, '$1T$2Z'), asText, type) as bigint
  } catch (error) {
    if (error instanceof SqlError) return refuse(text, type, at)
    throw error
  }
}

/** What a value of JSON says as a value of a type. */
export const jsonValue = (found: unknown, type: DataType, at: Position): Value => {
  if (found === null) return null
  if (typeof found === 'boolean') return type.name === 'bool' ? found : refuse(found, type, at)
  if (Array.isArray(found)) return listIn(found, type, at)
  const text = typeof found === 'string' ? found : typeof found === 'number' ? String(found) : found instanceof Written ? found.text : refuse(JSON.stringify(found), type, at)
  if (typeof found !== 'string' && (type.name === 'string' || type.name === 'stringset')) return refuse(text, type, at)
  return type.name === 'string' ? text : cellValue(text, type, at)
}

const listIn = (list: readonly unknown[], type: DataType, at: Position): Value => {
  const member = type.name === 'idset' || type.name === 'idsetq' ? simple('id') : type.name === 'stringset' || type.name === 'stringsetq' ? asText : undefined
  if (!member) return refuse(JSON.stringify(list), type, at)
  const members = list.map((one) => jsonValue(one, member, at))
  return members.includes(null) ? refuse(JSON.stringify(list), type, at) : members as unknown as Value
}
