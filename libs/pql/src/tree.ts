import type { CallName } from './calls.js'

/** One request's text: calls that are run in this order. Without a call it is legal, and its answer is empty. */
export interface Query {
  readonly calls: readonly Call[]
}

export interface Call {
  /** The name as the table of calls spells it, however the text did. */
  readonly name: CallName
  readonly children: readonly Call[]
  /** In the order of the text. A key is there once. */
  readonly args: readonly Argument[]
  /** Where its name begins: an offset into the text, in UTF-16 units. */
  readonly at: number
}

/**
 * `key=value`, or a comparison of the field `key`. What the text says by its place has a key of its own: `_col` is a column, `_field`
 * the field, `_timestamp` the time of a Set, `_ivy` and `_ivyReduce` the programs of an Apply.
 */
export interface Argument {
  readonly key: string
  readonly value: Value | Condition | Range
  readonly at: number
}

export type Value = Null | Bool | Int | Decimal | Text | Timestamp | Variable | List | Nested

export interface Null { readonly kind: 'null' }
export interface Bool { readonly kind: 'bool'; readonly value: boolean }
/** A signed integer of 64 bits, always as a bigint. */
export interface Int { readonly kind: 'int'; readonly value: bigint }
/** `unscaled / 10 ** scale`, with the smallest scale that is exact; a number with a point is a decimal though it be whole. */
export interface Decimal { readonly kind: 'decimal'; readonly unscaled: bigint; readonly scale: number }
/** A quoted text, a bare word or a time of minutes (`isTime` knows one): the language makes no difference between them. */
export interface Text { readonly kind: 'string'; readonly value: string }
/** A quoted RFC 3339 time with seconds and zone. `text` is what was written. */
export interface Timestamp { readonly kind: 'timestamp'; readonly text: string; readonly epochNanos: bigint }
export interface Variable { readonly kind: 'variable'; readonly name: string }
export interface List { readonly kind: 'list'; readonly items: readonly Value[] }
export interface Nested { readonly kind: 'call'; readonly call: Call }

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '><'

/** `><` is here only when what follows is no pair that a Range can hold. */
export interface Condition { readonly kind: 'condition'; readonly op: Operator; readonly value: Value }

export type Bound = Int | Decimal | Timestamp

/** `low < field <= high`; `field >< [low, high]` is the same with both ends included. */
export interface Range {
  readonly kind: 'range'
  readonly low: Bound
  readonly high: Bound
  readonly includesLow: boolean
  readonly includesHigh: boolean
}
