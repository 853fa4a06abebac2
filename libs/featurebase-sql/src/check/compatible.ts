import { type DataType, decimalOf, simple } from '../types.js'

/** Which types go together, as FeatureBase has it: nothing is converted by itself but numbers among each other. */

const numbers = { int: 'number', id: 'number', decimal: 'number' } as const
const families: Readonly<Partial<Record<DataType['name'], string>>> =
  { ...numbers, bool: 'bool', timestamp: 'timestamp', string: 'string', idset: 'idset', stringset: 'stringset' }

export const isNumber = ({ name }: DataType): boolean => name in numbers
export const isInteger = ({ name }: DataType): boolean => name === 'int' || name === 'id'
/** The type of a bare NULL, and of a parameter before its place is known. */
export const isVoid = ({ name }: DataType): boolean => name === 'void'
export const sameType = (one: DataType, other: DataType): boolean =>
  one.name === other.name && (one.name !== 'decimal' || other.name !== 'decimal' || one.scale === other.scale)

export const takesLogic = ({ name }: DataType): boolean => name === 'bool' || name === 'int' || name === 'id'
export const takesEquality = ({ name }: DataType): boolean => families[name] !== undefined
export const takesOrder = (type: DataType): boolean => isNumber(type) || type.name === 'timestamp'
export const takesArithmetic = (type: DataType, operator: string): boolean => isInteger(type) || type.name === 'decimal' && operator !== '%'

export const areComparable = (one: DataType, other: DataType): boolean =>
  families[one.name] !== undefined && families[one.name] === families[other.name]

/** The type of `one op other`; an id does not meet a decimal on its right. */
export const arithmeticType = (one: DataType, other: DataType): DataType | undefined => {
  if (one.name === 'decimal') return other.name === 'decimal' && other.scale > one.scale ? other : one
  if (one.name === 'int') return other.name === 'decimal' ? other : simple('int')
  return other.name === 'decimal' ? undefined : other
}

/** The type of bits: that of the left side if it is an int, of the right side otherwise. */
export const bitwiseType = (one: DataType, other: DataType): DataType => one.name === 'int' ? one : other

/** What a set has as members. */
export const memberType = ({ name }: DataType): DataType | undefined => {
  if (name === 'idset' || name === 'idsetq') return simple('id')
  return name === 'stringset' || name === 'stringsetq' ? simple('string') : undefined
}

export const isAssignable = (to: DataType, from: DataType): boolean => {
  if (isVoid(from)) return true
  if (to.name === 'decimal') return from.name === 'int' || from.name === 'decimal' && from.scale <= to.scale
  if (to.name === 'id') return isInteger(from)
  if (to.name === 'timestamp') return from.name === 'timestamp' || from.name === 'string' || from.name === 'int'
  if (to.name === 'idsetq') return from.name === 'idsetq' || from.name === 'idset'
  if (to.name === 'stringsetq') return from.name === 'stringsetq' || from.name === 'stringset'
  return to.name === from.name && to.name !== 'void' && to.name !== 'tuple' && to.name !== 'range'
}

const casts: Readonly<Partial<Record<DataType['name'], readonly DataType['name'][]>>> = {
  int: ['int', 'bool', 'decimal', 'id', 'string', 'timestamp'],
  id: ['int', 'bool', 'decimal', 'id', 'string'],
  bool: ['bool', 'int', 'string'],
  decimal: ['decimal', 'string'],
  string: ['int', 'bool', 'decimal', 'id', 'string', 'timestamp'],
  timestamp: ['int', 'timestamp', 'string'],
  idset: ['idset', 'string'],
  stringset: ['stringset', 'string'],
}

export const isCastable = (from: DataType, to: DataType): boolean =>
  (casts[from.name]?.includes(to.name) ?? false) && (from.name !== 'decimal' || to.name !== 'decimal' || to.scale >= from.scale)

/** The type that both can be brought to without loss: of the columns of a UNION, of the arguments of COALESCE. */
export const commonType = (one: DataType, other: DataType): DataType | undefined => {
  if (isVoid(one) || sameType(one, other)) return other
  if (isVoid(other)) return one
  if (one.name === 'decimal') return other.name === 'decimal' ? decimalOf(Math.max(one.scale, other.scale)) : isInteger(other) ? one : undefined
  if (isInteger(one)) return other.name === 'decimal' ? other : isInteger(other) ? simple('int') : undefined
  if (memberType(one) !== undefined && memberType(one)?.name === memberType(other)?.name) return one.name.endsWith('q') ? other : one
  return undefined
}
