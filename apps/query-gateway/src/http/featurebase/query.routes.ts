import { type Gatekeeper, type Rates, countCaller } from '@tenantry/auth'
import { type InputOf, Problem } from '@tenantry/contracts'
import { answerParts, runSql, runSqlShort } from '@tenantry/dialects-featurebase'
import type { QueryLimits } from '@tenantry/engines-contract'
import { type ProblemRules, mountRaw, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServiceMetrics } from '@tenantry/service'
import { type QueryParts, runQuery } from '../../queries/run-query.js'
import { CallerGone } from './gone.js'
import type { Outgoing } from './outgoing.js'
import { checkedText, queryAccess } from './query.text.js'

export interface QueryRouteRules {
  readonly gatekeeper: Gatekeeper
  readonly rates: Rates
  readonly parts: QueryParts
  readonly limits: QueryLimits
  readonly textBytes: number
  readonly outgoing: Outgoing
  readonly problems: ProblemRules
  readonly metrics: ServiceMetrics
}

/** Mounts the query routes past the framework: here each microsecond counts, and a warm request waits for nobody but the engine. */
export const mountQueries = (fastify: FastifyInstance, rules: QueryRouteRules): void => {
  mountRaw(fastify, runSql, rules.problems, (request, reply) => answerSql(runSql, request, reply, rules))
  mountRaw(fastify, runSqlShort, rules.problems, (request, reply) => answerSql(runSqlShort, request, reply, rules))
}

/** A statement that is sent again is run again: only the engine could know that it was done. */
const refuseRepeat = ({ headers }: FastifyRequest): void => {
  if (headers['idempotency-key'] === undefined) return
  throw new Problem('InvalidParameter', 'Idempotency-Key is for records; leave it away, and make the statement itself safe to repeat.')
}

const answerSql = async (operation: typeof runSql | typeof runSqlShort, request: FastifyRequest, reply: FastifyReply, rules: QueryRouteRules): Promise<void> => {
  const { gatekeeper, limits } = rules
  const caller = gatekeeper.peek(request.raw) ?? await gatekeeper.admit(request.raw)
  countCaller(request, caller)
  const rights = gatekeeper.peekRights(caller) ?? await gatekeeper.rightsOf(caller)
  refuseRepeat(request)
  const { params, query, body } = readInput(operation, request) as InputOf<typeof runSql>
  const text = checkedText(body, rules.textBytes)
  const ask = { orgId: caller.orgId, databaseId: params.database_id, language: 'sql' as const, text, access: queryAccess(rights), plan: query.plan, limits }
  await runQuery(ask, rules.parts, new CallerGone(reply.raw, gatekeeper, caller), (answer) => {
    const body = Buffer.concat(answerParts(answer))
    return rules.outgoing.send(reply.raw, body.length, () => { void reply.header('content-type', 'application/json; charset=utf-8').send(body) })
  })
}
