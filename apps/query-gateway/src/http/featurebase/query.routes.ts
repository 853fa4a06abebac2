import { type Gatekeeper, type Rates, countCaller } from '@tenantry/auth'
import { type InputOf, type Principal, Problem, type Rights } from '@tenantry/contracts'
import { answerParts, applySchema, pqlParts, readSchema, runPql, runSql, runSqlShort, runSqlShortV2, runSqlUnversioned } from '@tenantry/dialects-featurebase'
import type { Answer, QueryLimits } from '@tenantry/engines-contract'
import { type JsonLimits, type ProblemRules, mountRaw, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServiceMetrics } from '@tenantry/service'
import { type Ask, type QueryParts, runQuery } from '../../queries/run-query.js'
import { CallerGone } from './gone.js'
import type { Outgoing } from './outgoing.js'
import { addressed, mayWrite, queryAccess, sized, statementIn } from './query.text.js'

export interface QueryRouteRules {
  readonly gatekeeper: Gatekeeper
  readonly rates: Rates
  readonly parts: QueryParts
  readonly limits: QueryLimits
  readonly textBytes: number
  readonly json: JsonLimits
  readonly outgoing: Outgoing
  readonly problems: ProblemRules
  readonly metrics: ServiceMetrics
}

/** Mounts the query routes past the framework: here each microsecond counts, and a warm request waits for nobody but the engine. */
export const mountQueries = (fastify: FastifyInstance, rules: QueryRouteRules): void => {
  mountRaw(fastify, runSql, rules.problems, (request, reply) => answerSql(runSql, request, reply, rules))
  mountRaw(fastify, runSqlShort, rules.problems, (request, reply) => answerSql(runSqlShort, request, reply, rules))
  mountRaw(fastify, runSqlShortV2, rules.problems, (request, reply) => answerSql(runSqlShortV2, request, reply, rules))
  mountRaw(fastify, runSqlUnversioned, rules.problems, (request, reply) => answerSql(runSqlUnversioned, request, reply, rules))
  mountRaw(fastify, runPql, rules.problems, (request, reply) => answerPql(request, reply, rules))
  mountRaw(fastify, readSchema, rules.problems, (request, reply) => tellSchema(request, reply, rules))
  mountRaw(fastify, applySchema, rules.problems, (request, reply) => makeSchema(request, reply, rules))
}

/** A statement that is sent again is run again: only the engine could know that it was done. */
const refuseRepeat = ({ headers }: FastifyRequest): void => {
  if (headers['idempotency-key'] === undefined) return
  throw new Problem('InvalidParameter', 'Idempotency-Key is for records; leave it away, and make the statement itself safe to repeat.')
}

type RunsSql = typeof runSql | typeof runSqlShort | typeof runSqlShortV2 | typeof runSqlUnversioned

const answerSql = async (operation: RunsSql, request: FastifyRequest, reply: FastifyReply, rules: QueryRouteRules): Promise<void> => {
  const admitted = await admit(request, rules)
  const { params, query, body } = readInput(operation, request) as InputOf<typeof runSql>
  const ask = { databaseId: params.database_id, language: 'sql' as const, ...statementIn(request.headers['content-type'], body, rules.textBytes), plan: query.plan }
  await deliver(reply, rules, admitted, ask, answerParts)
}

const answerPql = async (request: FastifyRequest, reply: FastifyReply, rules: QueryRouteRules): Promise<void> => {
  const admitted = await admit(request, rules)
  const { params, query, body } = readInput(runPql, request) as InputOf<typeof runPql>
  const text = addressed(sized(body, rules.textBytes), query.table)
  await deliver(reply, rules, admitted, { databaseId: params.database_id, language: 'pql', text }, ({ data }) => pqlParts(data))
}

const tellSchema = async (request: FastifyRequest, reply: FastifyReply, rules: QueryRouteRules): Promise<void> => {
  const admitted = await admit(request, rules)
  const { params } = readInput(readSchema, request)
  await deliver(reply, rules, admitted, { databaseId: params.database_id, language: 'schema', text: '' }, ({ data }) => [data])
}

const makeSchema = async (request: FastifyRequest, reply: FastifyReply, rules: QueryRouteRules): Promise<void> => {
  const admitted = await admit(request, rules)
  const { params, body } = readInput(applySchema, request)
  const asked = { databaseId: params.database_id, language: 'schema' as const, text: sized(JSON.stringify(body), rules.textBytes) }
  await ask(reply, rules, admitted, asked, () => { void reply.code(204).send() }, mayWrite(admitted.rights))
}

export interface Admitted {
  readonly caller: Principal
  readonly rights: Rights
}

export const admit = async (request: FastifyRequest, { gatekeeper }: QueryRouteRules): Promise<Admitted> => {
  const caller = gatekeeper.peek(request.raw) ?? await gatekeeper.admit(request.raw)
  countCaller(request, caller)
  const rights = gatekeeper.peekRights(caller) ?? await gatekeeper.rightsOf(caller)
  refuseRepeat(request)
  return { caller, rights }
}

type Asked = Pick<Ask, 'databaseId' | 'language' | 'text' | 'params' | 'plan'>

const deliver = (reply: FastifyReply, rules: QueryRouteRules, admitted: Admitted, asked: Asked, partsOf: (answer: Answer) => Buffer[]): Promise<void> =>
  ask(reply, rules, admitted, asked, (answer) => {
    const body = Buffer.concat(partsOf(answer))
    return rules.outgoing.send(reply.raw, body.length, () => { void reply.header('content-type', 'application/json; charset=utf-8').send(body) })
  })

export const ask = (reply: FastifyReply, rules: QueryRouteRules, { caller, rights }: Admitted, asked: Asked, answered: (answer: Answer) => Promise<void> | void, access = queryAccess(rights)): Promise<void> =>
  runQuery({ ...asked, orgId: caller.orgId, access, limits: rules.limits }, rules.parts, new CallerGone(reply.raw, rules.gatekeeper, caller), answered)
