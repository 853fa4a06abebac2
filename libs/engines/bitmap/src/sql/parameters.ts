import type { Expression, Statement } from '@tenantry/featurebase-sql'
import type { QueryParameter } from '@tenantry/engines-contract'
import { rejected } from './rejected.js'

type Parameter = Extract<Expression, { kind: 'parameter' }>

/** A value as if it had been written in its place: it is given the type that a literal there would have. */
const literal = ({ at, index }: Parameter, values: readonly QueryParameter[]): Expression => {
  const value = values[index - 1]
  if (value === undefined) return rejected(`[${at.line}:${at.column}] parameter ?${index} has no value: ${values.length} were given`)
  if (value === null) return { kind: 'null', at }
  if (typeof value === 'boolean') return { kind: 'bool', at, value }
  if (typeof value === 'string') return { kind: 'string', at, value }
  if (typeof value === 'bigint' || Number.isInteger(value)) return { kind: 'integer', at, value: BigInt(value) }
  return /e/.test(String(value)) ? rejected(`[${at.line}:${at.column}] parameter ?${index} is too large or too small for a decimal`) : { kind: 'float', at, text: String(value) }
}

const isParameter = (part: object): part is Parameter => 'kind' in part && part.kind === 'parameter'

const filled = (part: unknown, values: readonly QueryParameter[], used: Set<number>): unknown => {
  if (typeof part !== 'object' || part === null) return part
  if (isParameter(part)) {
    used.add(part.index)
    return literal(part, values)
  }
  if (Array.isArray(part)) return part.map((one) => filled(one, values, used))
  return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, filled(one, values, used)]))
}

/** A statement with values in the places of its parameters. Throws EngineRefusal for one that has none, and for values that no place takes. */
export const withParameters = (statements: readonly Statement[], values: readonly QueryParameter[]): readonly Statement[] => {
  const used = new Set<number>()
  const made = statements.map((statement) => filled(statement, values, used) as Statement)
  if (values.length > Math.max(0, ...used)) return rejected(`[0:0] ${values.length} values were given for ${used.size} parameters`)
  return made
}
