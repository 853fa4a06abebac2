import type { Position } from './error.js'

interface Node {
  readonly at: Position
}

/** A name as it was written; names are compared without regard to case. */
export interface Name extends Node {
  readonly text: string
  readonly quoted: boolean
}

export type UnaryOperator = '-' | '+' | '!' | 'not'
export type BinaryOperator =
  | '+' | '-' | '*' | '/' | '%' | '||' | '&' | '|' | '<<' | '>>'
  | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'like' | 'not like' | 'is' | 'is not'

export type Expression =
  | Node & { readonly kind: 'null' }
  | Node & { readonly kind: 'bool'; readonly value: boolean }
  | Node & { readonly kind: 'integer'; readonly value: bigint }
  /** As written: its scale is the count of its digits behind the point. */
  | Node & { readonly kind: 'float'; readonly text: string }
  | Node & { readonly kind: 'string'; readonly value: string }
  | Node & { readonly kind: 'date'; readonly word: 'current_date' | 'current_timestamp' }
  /** `x'…'`, what BULK INSERT reads. */
  | Node & { readonly kind: 'blob'; readonly value: string }
  | Node & { readonly kind: 'set'; readonly members: readonly Expression[]; readonly end: Position }
  | Node & { readonly kind: 'tuple'; readonly members: readonly Expression[]; readonly end: Position }
  | Node & { readonly kind: 'name'; readonly name: Name }
  | Node & { readonly kind: 'qualified'; readonly table: Name; readonly column: Name }
  /** `@0`, what a row brings to BULK INSERT; `@name`, of a function. */
  | Node & { readonly kind: 'variable'; readonly name: string }
  /** `?` and `?1`: from 1. */
  | Node & { readonly kind: 'parameter'; readonly index: number }
  | Node & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | Node & { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly operatorAt: Position; readonly left: Expression; readonly right: Expression }
  | Node & { readonly kind: 'between'; readonly not: boolean; readonly operatorAt: Position; readonly operand: Expression; readonly low: Expression; readonly high: Expression }
  | Node & { readonly kind: 'in'; readonly not: boolean; readonly operatorAt: Position; readonly operand: Expression; readonly among: readonly Expression[] | Query }
  | Node & { readonly kind: 'null test'; readonly not: boolean; readonly operatorAt: Position; readonly operand: Expression }
  | Node & { readonly kind: 'exists'; readonly not: boolean; readonly query: Query }
  | Node & { readonly kind: 'case'; readonly operand: Expression | undefined; readonly branches: readonly Branch[]; readonly otherwise: Expression | undefined; readonly end: Position }
  | Node & { readonly kind: 'cast'; readonly operand: Expression; readonly type: TypeName }
  | Node & { readonly kind: 'call'; readonly name: Name; readonly distinct: boolean; readonly star: boolean; readonly arguments: readonly Expression[]; readonly end: Position }
  | Node & { readonly kind: 'query'; readonly query: Query }
  | Node & { readonly kind: 'parentheses'; readonly inside: Expression; readonly end: Position }

export interface Branch extends Node {
  readonly condition: Expression
  readonly result: Expression
}

export interface TypeName extends Node {
  readonly name: Name
  readonly scale: Expression | undefined
}

// Queries

export type Query = Select | Union

export interface Select extends Node {
  readonly kind: 'select'
  readonly with: readonly CommonTable[]
  readonly distinct: boolean
  readonly top: { readonly at: Position; readonly word: 'top' | 'topn'; readonly count: Expression } | undefined
  readonly items: readonly Item[]
  readonly from: Source | undefined
  readonly where: Expression | undefined
  readonly groupBy: readonly Expression[]
  readonly having: Expression | undefined
  readonly orderBy: readonly Order[]
  readonly limit: { readonly at: Position; readonly count: Expression } | undefined
  readonly offset: { readonly at: Position; readonly count: Expression } | undefined
}

/** Order, limit and offset are those of the whole. */
export interface Union extends Node {
  readonly kind: 'union'
  readonly with: readonly CommonTable[]
  readonly all: boolean
  readonly left: Query
  readonly right: Select
  readonly orderBy: readonly Order[]
  readonly limit: Select['limit']
  readonly offset: Select['offset']
}

export interface CommonTable extends Node {
  readonly name: Name
  readonly columns: readonly Name[]
  readonly query: Query
}

export type Item =
  | Node & { readonly kind: 'star'; readonly table: Name | undefined }
  | Node & { readonly kind: 'expression'; readonly expression: Expression; readonly alias: Name | undefined }

export interface Order extends Node {
  readonly expression: Expression
  readonly descending: boolean
  readonly nulls: 'first' | 'last' | undefined
}

export type Source =
  | Node & { readonly kind: 'table'; readonly name: Name; readonly alias: Name | undefined; readonly hints: readonly Hint[] }
  /** A table-valued function. */
  | Node & { readonly kind: 'function'; readonly call: Expression; readonly alias: Name | undefined }
  | Node & { readonly kind: 'query'; readonly query: Query; readonly alias: Name | undefined }
  | Node & { readonly kind: 'join'; readonly how: 'inner' | 'left' | 'right' | 'full' | 'comma' | 'cross'; readonly howAt: Position; readonly left: Source; readonly right: Source; readonly on: Expression | undefined }

/** `WITH (FLATTEN(column))`. */
export interface Hint extends Node {
  readonly name: Name
  readonly parameters: readonly Name[]
  readonly end: Position
}

// Statements

export type Statement =
  | Query
  | CreateTable | AlterTable | DropTable | CreateView | DropView
  | Insert | BulkInsert | Update | Delete | Copy
  | Show | Explain | OtherStatement

export interface CreateTable extends Node {
  readonly kind: 'create table'
  readonly ifNotExists: boolean
  readonly name: Name
  readonly columns: readonly ColumnDefinition[]
  readonly options: readonly TableOption[]
}

export interface TableOption extends Node {
  readonly name: 'keypartitions' | 'comment'
  readonly value: Expression
}

export interface ColumnDefinition extends Node {
  readonly name: Name
  readonly type: TypeName
  readonly options: readonly ColumnOption[]
}

/** `value` of CACHETYPE is a name, of the others a literal; SIZE belongs to a CACHETYPE and TTL to a TIMEQUANTUM. */
export interface ColumnOption extends Node {
  readonly name: 'min' | 'max' | 'cachetype' | 'size' | 'timeunit' | 'epoch' | 'timequantum' | 'ttl'
  readonly value: Expression
}

export interface AlterTable extends Node {
  readonly kind: 'alter table'
  readonly name: Name
  readonly change:
    | { readonly kind: 'add'; readonly column: ColumnDefinition }
    | { readonly kind: 'drop'; readonly column: Name }
    | { readonly kind: 'rename'; readonly column: Name; readonly to: Name }
}

export interface DropTable extends Node {
  readonly kind: 'drop table'
  readonly ifExists: boolean
  readonly name: Name
}

export interface CreateView extends Node {
  readonly kind: 'create view'
  readonly alter: boolean
  readonly ifNotExists: boolean
  readonly name: Name
  readonly query: Query
  /** The query as it was written: what is kept. */
  readonly text: string
}

export interface DropView extends Node {
  readonly kind: 'drop view'
  readonly ifExists: boolean
  readonly name: Name
}

export interface Insert extends Node {
  readonly kind: 'insert'
  readonly replace: boolean
  readonly table: Name
  /** Empty for all of the table's. */
  readonly columns: readonly Name[]
  /** The parenthesis before them; nowhere without them. */
  readonly columnsAt: Position
  readonly rows: readonly (readonly Expression[])[] | Query
  /** Where each row of VALUES begins. */
  readonly rowsAt: readonly Position[]
}

export interface BulkInsert extends Node {
  readonly kind: 'bulk insert'
  readonly replace: boolean
  readonly table: Name
  readonly columns: readonly Name[]
  readonly columnsAt: Position
  readonly columnsEnd: Position
  readonly map: readonly MapEntry[]
  readonly mapEnd: Position
  /** Undefined: each column takes what is mapped at its place. */
  readonly transform: readonly Expression[] | undefined
  readonly transformEnd: Position
  readonly source: Expression
  /** The WITH of the options. */
  readonly withAt: Position
  readonly options: readonly BulkOption[]
}

/** Where a value is found in a row: a place from 0 of CSV, a path of NDJSON. */
export interface MapEntry extends Node {
  readonly from: Expression
  readonly type: TypeName
}

export interface BulkOption extends Node {
  readonly name: 'batchsize' | 'rowslimit' | 'format' | 'input' | 'header_row' | 'allow_missing_values'
  readonly value: Expression | undefined
}

export interface Update extends Node {
  readonly kind: 'update'
  readonly table: Name
  readonly alias: Name | undefined
  readonly assignments: readonly { readonly at: Position; readonly column: Name; readonly value: Expression }[]
  readonly where: Expression | undefined
}

export interface Delete extends Node {
  readonly kind: 'delete'
  readonly table: Name
  readonly alias: Name | undefined
  readonly where: Expression | undefined
}

export interface Copy extends Node {
  readonly kind: 'copy'
  readonly from: Name
  readonly alias: Name | undefined
  readonly to: Name
  readonly where: Expression | undefined
  readonly url: Expression | undefined
  readonly apiKey: Expression | undefined
}

export interface Show extends Node {
  readonly kind: 'show'
  readonly what: 'tables' | 'databases' | 'columns' | 'create table'
  /** The table of SHOW COLUMNS and SHOW CREATE TABLE. */
  readonly table: Name | undefined
  /** The word behind SHOW TABLES WITH. */
  readonly with: Name | undefined
}

export interface Explain extends Node {
  readonly kind: 'explain'
  readonly statement: Statement
}

/** What FeatureBase reads and this server refuses with the reason. */
export interface OtherStatement extends Node {
  readonly kind: 'other'
  readonly what: 'create database' | 'alter database' | 'drop database' | 'create function' | 'drop function' | 'create model' | 'drop model' | 'predict'
  readonly name: Name | undefined
}
