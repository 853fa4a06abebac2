export type SimpleType = 'id' | 'string' | 'idset' | 'stringset' | 'idsetq' | 'stringsetq' | 'int' | 'bool' | 'timestamp'

/** The type of a column or an expression. `void` is that of a bare NULL; `tuple` and `range` are those of literals and never of a column. */
export type DataType =
  | { readonly name: SimpleType | 'void' | 'tuple' | 'range' }
  | { readonly name: 'decimal'; readonly scale: number }

export const simple = (name: SimpleType | 'void' | 'tuple' | 'range'): DataType => simpleTypes[name]

const simpleTypes = Object.freeze({
  id: { name: 'id' }, string: { name: 'string' }, idset: { name: 'idset' }, stringset: { name: 'stringset' }, idsetq: { name: 'idsetq' },
  stringsetq: { name: 'stringsetq' }, int: { name: 'int' }, bool: { name: 'bool' }, timestamp: { name: 'timestamp' }, void: { name: 'void' },
  tuple: { name: 'tuple' }, range: { name: 'range' },
} as const satisfies Record<string, DataType>)

export const decimalOf = (scale: number): DataType => ({ name: 'decimal', scale })

/** As messages and answers spell it: `int`, `decimal(2)`. */
export const printType = (type: DataType): string => type.name === 'decimal' ? `decimal(${type.scale})` : type.name

/** The digits that it has behind the point: other numbers than decimals have none. */
export const scaleOf = (type: DataType): number => type.name === 'decimal' ? type.scale : 0

export const isSet = ({ name }: DataType): boolean => name === 'idset' || name === 'stringset' || name === 'idsetq' || name === 'stringsetq'
