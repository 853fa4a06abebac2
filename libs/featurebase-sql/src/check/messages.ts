import { meaningError, nowhere, type Position, SqlError } from '../error.js'
import { type DataType, printType } from '../types.js'

/** FeatureBase's words for what it refuses. Where it knows no place, neither do these. */

export const columnNotFound = (at: Position, name: string): SqlError => meaningError(at, `column '${name}' not found`)
export const tableNotFound = (at: Position, name: string): SqlError => meaningError(at, `table '${name}' not found`)
export const tableOrViewNotFound = (at: Position, name: string): SqlError => meaningError(at, `table or view '${name}' not found`)
export const unknownFunction = (at: Position, name: string): SqlError => meaningError(at, `unknown function '${name}'`)
export const unknownType = (at: Position, name: string): SqlError => meaningError(at, `unknown type '${name}'`)
export const unknownIdentifier = (at: Position, name: string): SqlError => meaningError(at, `unknown identifier '${name}'`)
export const scaleExpected = (at: Position): SqlError => meaningError(at, 'decimal scale expected')

/** An operator of two words is spelled as one. */
export const operatorRefuses = (at: Position, operator: string, type: DataType): SqlError =>
  meaningError(at, `operator '${operator.toUpperCase().replace(' ', '')}' incompatible with type '${printType(type)}'`)
export const notEquatable = (at: Position, one: DataType, other: DataType): SqlError =>
  meaningError(at, `types '${printType(one)}' and '${printType(other)}' are not equatable`)
export const typesDiffer = (at: Position, one: DataType, other: DataType): SqlError =>
  meaningError(at, `types '${printType(one)}' and '${printType(other)}' do not match`)
export const castRefused = (at: Position, from: DataType, to: DataType): SqlError =>
  meaningError(at, `'${printType(from)}' cannot be cast to '${printType(to)}'`)
export const notAssignable = (at: Position, from: DataType, to: DataType): SqlError =>
  meaningError(at, `an expression of type '${printType(from)}' cannot be assigned to type '${printType(to)}'`)
export const notPassable = (at: Position, from: DataType, to: DataType): SqlError =>
  meaningError(at, `an expression of type '${printType(from)}' cannot be passed to a parameter of type '${printType(to)}'`)
export const noRangeBound = (at: Position, type: DataType): SqlError =>
  meaningError(at, `type '${printType(type)}' cannot be used as a range subscript`)
export const rangeBoundsDiffer = (at: Position, low: DataType, high: DataType): SqlError =>
  meaningError(at, `incompatible types '${printType(low)}' and '${printType(high)}' used as range subscripts`)
export const outOfRange = (at: Position, value: string): SqlError => meaningError(at, `value '${value}' out of range`)

export type Wanted =
  | 'boolean expression' | 'integer expression' | 'string expression' | 'set expression' | 'time quantum expression'
  | 'integer or decimal expression' | 'integer, decimal or timestamp expression' | 'integer, decimal, timestamp or string expression'
  | 'column reference' | 'column reference, alias reference or column position' | 'literal expression' | 'integer literal'

export const expected = (at: Position, wanted: Wanted): SqlError => meaningError(at, `${wanted} expected`)
export const nullRefused = (at: Position): SqlError => meaningError(at, 'null literal not allowed')

export const wrongCount = (at: Position, name: string, wanted: number, given: number): SqlError =>
  meaningError(at, `'${name}': count of formal parameters (${wanted}) does not match count of actual parameters (${given})`)
export const idNotAggregated = (at: Position, name: string): SqlError =>
  meaningError(at, `_id column cannot be used in aggregate function '${name}'`)
export const aggregateRefused = (at: Position, name: string, place: string): SqlError =>
  meaningError(at, `aggregate '${name.toUpperCase()}()' not allowed in ${place}`)

export const ungrouped = (column: string): SqlError =>
  meaningError(nowhere, `column '${column}' invalid in select list because it is not aggregated or grouped`)
export const ungroupedInHaving = (column: string): SqlError =>
  meaningError(nowhere, `column '${column}' invalid in the having clause because it is not contained in an aggregate or the GROUP BY clause`)

export const unsupported = (at: Position, what: string): SqlError => meaningError(at, `${what} are not supported`)
export const tooMuch = (at: Position, text: string): SqlError => new SqlError('limit', `[${at.line}:${at.column}] ${text}`, at)
/** Where nothing says of which type a parameter is. */
export const untypedParameter = (at: Position, index: number): SqlError =>
  meaningError(at, `the type of parameter ${index} cannot be told from its place; use CAST or compare it with a column`)
