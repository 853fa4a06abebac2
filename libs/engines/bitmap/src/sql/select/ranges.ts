import { type TypedExpression, type TypedSource, meaningError, nowhere } from '@tenantry/featurebase-sql'
import { viewsOfTime } from '../../store/time-quantum.js'
import type { Builder } from './builder.js'

type Call = Extract<TypedExpression, { kind: 'call' }>

const nanosInMilli = 1_000_000n

export const isRange = (condition: TypedExpression): condition is Call => condition.kind === 'call' && condition.name === 'RANGEQ'

const refuse = (): never => { throw meaningError(nowhere, 'calling ranqeq() usage invalid') }

/** Milliseconds since 1970; undefined for an end that is open. */
const endOf = (expression: TypedExpression | undefined): number | undefined => {
  if (expression?.kind !== 'constant' || expression.value !== null && typeof expression.value !== 'bigint') return refuse()
  return expression.value === null ? undefined : Number((expression.value - ((expression.value % nanosInMilli) + nanosInMilli) % nanosInMilli) / nanosInMilli)
}

const finestView = (ms: number, quantum: string): number => viewsOfTime(ms, quantum).at(-1) ?? 0

/**
 * The views of the finest unit that lie within a range, widened to that unit: a value is in them exactly when it is in those that cover
 * the range.
 */
export const viewsBetween = (from: number | undefined, to: number | undefined, quantum: string): string => {
  if (from !== undefined && to !== undefined && from >= to) return '0'
  const unit = 10 ** (String(finestView(0, quantum)).length - 1)
  return `view BETWEEN ${from === undefined ? unit : finestView(from, quantum)} AND ${to === undefined ? 2 * unit - 1 : finestView(to - 1, quantum)}`
}

/** RANGEQ leaves records as they are, and takes from their sets what is not of the range. */
export const restrictRanges = (builder: Builder, conditions: readonly TypedExpression[], from: TypedSource | undefined): void => {
  for (const { arguments: [column, begin, end] } of conditions.filter(isRange)) {
    const quantum = column?.kind === 'column' && from ? quantumOf(from, column.source, column.column) : undefined
    if (column?.kind !== 'column' || quantum === undefined) return refuse()
    builder.restrict(column.source, column.column, viewsBetween(endOf(begin), endOf(end), quantum))
  }
}

const quantumOf = (from: TypedSource, source: number, name: string): string | undefined => {
  if (from.kind === 'join') return quantumOf(from.left, source, name) ?? quantumOf(from.right, source, name)
  return from.kind === 'table' && from.id === source ? from.columns.find((column) => column.name === name)?.timeQuantum : undefined
}
