import { GraphQLError } from 'graphql'
import type { Inputs } from './inputs.js'
import type { Planning } from './scope.js'
import { type Sql, raw, sql } from './sql.js'

/** The most rows of one list. One more is asked for, so that it is seen when there are more. */
export const mostRows = 10_000
export const tooManyRows = `The graphql API cannot return more than ${mostRows} entries at a time. Use "limit" and "offset" to page through them.`

const countOf = (name: 'limit' | 'offset', otherwise: number) => (value: unknown): bigint => {
  if (value === null || value === undefined) return BigInt(otherwise)
  const count = typeof value === 'bigint' ? value : BigInt(Number(value))
  if (count < 0n) throw new GraphQLError(`Error: ${name} must be positive`)
  return count > BigInt(otherwise) && name === 'limit' ? BigInt(otherwise) : count
}

/** LIMIT and OFFSET: always there, since SQLite would let go of an inner order without a limit. */
export const pageSql = ({ dialect }: Planning, { limit, offset }: Inputs): Sql => {
  if (offset !== undefined && offset !== null && (limit === undefined || limit === null)) {
    throw new GraphQLError('Error: cannot specify offset without also specifying a limit')
  }
  const most = limit === undefined || limit === null ? raw(String(mostRows + 1)) : dialect.count(limit, countOf('limit', mostRows + 1))
  const from = offset === undefined || offset === null ? raw('') : sql` OFFSET ${dialect.count(offset, countOf('offset', 0))}`
  return sql` LIMIT ${most}${from}`
}
