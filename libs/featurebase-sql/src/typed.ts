import type { Column } from './catalogue.js'
import type { Position } from './error.js'
import type { BulkInsert } from './tree.js'
import type { DataType } from './types.js'

/**
 * A constant: a bigint for id and int, a scaled bigint for decimal, nanoseconds since 1970 for timestamp, and a list for a set.
 */
export type Value = null | bigint | boolean | string | readonly bigint[] | readonly string[]

interface Typed {
  readonly type: DataType
  readonly at: Position
}

export type TypedOperator =
  | '+' | '-' | '*' | '/' | '%' | '||' | '&' | '|' | '<<' | '>>'
  | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'like' | 'not like'

export type TypedExpression =
  | Typed & { readonly kind: 'constant'; readonly value: Value }
  /** One of the values given beside the text, from 1. Its type is what its place asks for. */
  | Typed & { readonly kind: 'parameter'; readonly index: number }
  /** `source` is the number of the source (typed source, `id`) that it comes from. A source further out than the query is allowed in subqueries. */
  | Typed & { readonly kind: 'column'; readonly source: number; readonly column: string }
  /** What a row of BULK INSERT brings, from 0. */
  | Typed & { readonly kind: 'mapped'; readonly index: number }
  | Typed & { readonly kind: 'unary'; readonly operator: '-' | '+' | '!' | 'not'; readonly operand: TypedExpression }
  /** Both sides are of types that the operator takes; a literal that was coerced is a constant of its new type already. */
  | Typed & { readonly kind: 'binary'; readonly operator: TypedOperator; readonly left: TypedExpression; readonly right: TypedExpression }
  | Typed & { readonly kind: 'between'; readonly not: boolean; readonly operand: TypedExpression; readonly low: TypedExpression; readonly high: TypedExpression }
  | Typed & { readonly kind: 'in'; readonly not: boolean; readonly operand: TypedExpression; readonly among: readonly TypedExpression[] | TypedQuery }
  | Typed & { readonly kind: 'null test'; readonly not: boolean; readonly operand: TypedExpression }
  | Typed & { readonly kind: 'exists'; readonly not: boolean; readonly query: TypedQuery }
  /** `operand` is there for CASE x WHEN y: each condition is a value to compare it with. */
  | Typed & { readonly kind: 'case'; readonly operand: TypedExpression | undefined; readonly branches: readonly { readonly condition: TypedExpression; readonly result: TypedExpression }[]; readonly otherwise: TypedExpression | undefined }
  | Typed & { readonly kind: 'cast'; readonly operand: TypedExpression }
  /** A set of members that are not all constants: an idset or a stringset. */
  | Typed & { readonly kind: 'set'; readonly members: readonly TypedExpression[] }
  /** A scalar function, its name in capitals. CURRENT_DATE and CURRENT_TIMESTAMP are functions without arguments. */
  | Typed & { readonly kind: 'call'; readonly name: string; readonly arguments: readonly TypedExpression[] }
  /** COUNT(*) has no argument; PERCENTILE's number is `by`, CORR's other column too. */
  | Typed & { readonly kind: 'aggregate'; readonly name: AggregateName; readonly distinct: boolean; readonly argument: TypedExpression | undefined; readonly by: TypedExpression | undefined }
  /** A query of one column and at most one row. */
  | Typed & { readonly kind: 'query'; readonly query: TypedQuery }

export type AggregateName = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX' | 'PERCENTILE' | 'VAR' | 'CORR'

export interface TypedColumn {
  /** Empty for an expression without an alias. */
  readonly name: string
  readonly type: DataType
}

export type TypedSource =
  | { readonly kind: 'table'; readonly id: number; readonly table: string; readonly columns: readonly Column[]; /** The set column that is made one record a value. */ readonly flatten: string | undefined }
  | { readonly kind: 'system table'; readonly id: number; readonly table: string; readonly columns: readonly Column[] }
  /** A subquery, a view or a WITH; its columns go by their names. */
  | { readonly kind: 'query'; readonly id: number; readonly query: TypedQuery; readonly flatten: string | undefined }
  | { readonly kind: 'join'; readonly how: 'inner' | 'left' | 'cross'; readonly left: TypedSource; readonly right: TypedSource; readonly on: TypedExpression | undefined }

export interface TypedOrder {
  readonly expression: TypedExpression
  readonly descending: boolean
  /** Undefined: nulls are the least. */
  readonly nulls: 'first' | 'last' | undefined
}

export type TypedQuery = TypedSelect | TypedUnion

export interface TypedSelect {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly columns: readonly TypedColumn[]
  /** One an item of `columns`. */
  readonly expressions: readonly TypedExpression[]
  readonly from: TypedSource | undefined
  readonly where: TypedExpression | undefined
  readonly groupBy: readonly TypedExpression[]
  /** Whether it answers groups: there is a GROUP BY, or an aggregate is among the expressions. */
  readonly grouped: boolean
  readonly having: TypedExpression | undefined
  readonly orderBy: readonly TypedOrder[]
  /** From TOP or LIMIT. */
  readonly limit: bigint | undefined
  readonly offset: bigint | undefined
}

export interface TypedUnion {
  readonly kind: 'union'
  readonly all: boolean
  readonly columns: readonly TypedColumn[]
  readonly left: TypedQuery
  readonly right: TypedQuery
  /** Places in `columns`, from 0. */
  readonly orderBy: readonly { readonly column: number; readonly descending: boolean; readonly nulls: 'first' | 'last' | undefined }[]
  readonly limit: bigint | undefined
  readonly offset: bigint | undefined
}

// Statements

/** What a column is made with. Bounds of decimals are scaled integers; what is undefined is the usual. */
export interface ColumnWish {
  readonly name: string
  readonly type: DataType
  readonly min: bigint | undefined
  readonly max: bigint | undefined
  readonly cacheType: 'ranked' | 'lru' | 'none' | undefined
  readonly cacheSize: bigint | undefined
  readonly timeUnit: 's' | 'ms' | 'us' | 'ns' | undefined
  /** RFC 3339. */
  readonly epoch: string | undefined
  readonly timeQuantum: string | undefined
  /** A duration as Go writes it. */
  readonly ttl: string | undefined
}

export type TypedStatement =
  | { readonly kind: 'query'; readonly query: TypedQuery; readonly warnings: readonly string[] }
  | { readonly kind: 'create table'; readonly ifNotExists: boolean; readonly name: string; readonly keyed: boolean; readonly columns: readonly ColumnWish[]; readonly comment: string; readonly warnings: readonly string[]; readonly at: Position }
  | { readonly kind: 'add column'; readonly table: string; readonly column: ColumnWish; readonly at: Position }
  | { readonly kind: 'drop column'; readonly table: string; readonly column: string; readonly at: Position }
  | { readonly kind: 'drop table'; readonly ifExists: boolean; readonly name: string; readonly at: Position }
  | { readonly kind: 'create view'; readonly alter: boolean; readonly ifNotExists: boolean; readonly name: string; readonly text: string; readonly query: TypedQuery; readonly at: Position }
  | { readonly kind: 'drop view'; readonly ifExists: boolean; readonly name: string; readonly at: Position }
  /** Rows are constants, parameters and pure expressions, each of a type that its column takes (a tuple of a time and a set among them). */
  | { readonly kind: 'insert'; readonly replace: boolean; readonly table: string; readonly columns: readonly Column[]; readonly rows: readonly (readonly InsertValue[])[] | TypedQuery; readonly warnings: readonly string[] }
  | { readonly kind: 'bulk insert'; readonly replace: boolean; readonly table: string; readonly columns: readonly Column[]; readonly map: readonly { readonly from: bigint | string; readonly type: DataType }[]; readonly transform: readonly TypedExpression[] | undefined; readonly source: string; readonly format: 'CSV' | 'NDJSON'; readonly batchSize: bigint; readonly rowsLimit: bigint | undefined; readonly headerRow: boolean; readonly allowMissingValues: boolean; readonly tree: BulkInsert }
  | { readonly kind: 'update'; readonly table: string; readonly source: TypedSource; readonly assignments: readonly { readonly column: Column; readonly value: TypedExpression }[]; readonly where: TypedExpression | undefined; readonly warnings: readonly string[] }
  | { readonly kind: 'delete'; readonly table: string; readonly source: TypedSource; readonly where: TypedExpression | undefined; readonly warnings: readonly string[] }
  | { readonly kind: 'copy'; readonly from: string; readonly to: string; readonly source: TypedSource; readonly where: TypedExpression | undefined; readonly warnings: readonly string[] }
  | { readonly kind: 'show'; readonly what: 'tables' | 'databases' | 'columns' | 'create table'; readonly table: string | undefined; readonly withSystem: boolean }
  | { readonly kind: 'explain'; readonly statement: TypedStatement }

/** A value of a row of VALUES; `time` is there for a tuple of a time and a set. */
export interface InsertValue {
  readonly value: TypedExpression
  readonly time: TypedExpression | undefined
}
