import type { TypeName } from '../tree.js'
import { type DataType, decimalOf, type SimpleType, simple } from '../types.js'
import { expected, outOfRange, scaleExpected, unknownType } from './messages.js'

const maxScale = 18n
const values: readonly SimpleType[] = ['id', 'string', 'int', 'bool', 'timestamp', 'idset', 'stringset']
const quanta: readonly SimpleType[] = ['idsetq', 'stringsetq']

const decimal = ({ name, scale }: TypeName): DataType => {
  if (!scale) throw scaleExpected(name.at)
  if (scale.kind !== 'integer') throw expected(scale.at, 'integer literal')
  if (scale.value < 0n || scale.value > maxScale) throw outOfRange(scale.at, String(scale.value))
  return decimalOf(Number(scale.value))
}

const typeAmong = (names: readonly SimpleType[], type: TypeName): DataType => {
  const written = type.name.text.toLowerCase()
  if (written === 'decimal') return decimal(type)
  const found = names.find((name) => name === written)
  if (!found) throw unknownType(type.name.at, type.name.text)
  return simple(found)
}

/** What a value can be cast to, and what a row of BULK INSERT brings. */
export const valueType = (type: TypeName): DataType => typeAmong(values, type)

/** What a column can be. */
export const columnType = (type: TypeName): DataType => typeAmong([...values, ...quanta], type)
