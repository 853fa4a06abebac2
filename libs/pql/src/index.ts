export { callNameOf, calls, ruleOf, type AnswerKind, type ArgumentType, type CallForm, type CallName, type CallRule } from './calls.js'
export { describeCall, describeValue } from './describe.js'
export { PqlError, type PqlErrorKind } from './error.js'
export { isTime } from './grammar/times.js'
export { argumentOf, fieldArguments, fieldOf, indexOf, valueOf } from './lookup.js'
export { parsePql, type Limits } from './parse.js'
export { positionOf, type Position } from './position.js'
export { printPql } from './print.js'
export { splitTablePrefix, type Addressed } from './table-prefix.js'
export type {
  Argument, Bool, Bound, Call, Condition, Decimal, Int, List, Nested, Null, Operator, Query, Range, Text, Timestamp, Value, Variable,
} from './tree.js'
export { callsInside, countWrites, hasWrites, isWrite, walk } from './walk.js'
