import { admitCaller } from '@tenantry/auth'
import { type DatabaseTarget, Problem, type ProblemKind } from '@tenantry/contracts'
import { openMetricsType, presentMetrics, readMetrics, readMetricsUnversioned } from '@tenantry/dialects-featurebase'
import { mountRaw, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { latencyBounds } from '../../queries/database-meters.js'
import type { Engines } from '../../queries/run-query.js'
import type { QueryRouteRules } from './query.routes.js'

const sizeMs = 2_000

/** Mounts what a database tells of its work. `nodeId` names this process: what it has counted is its own. */
export const mountMetrics = (fastify: FastifyInstance, { gatekeeper, parts, problems }: Pick<QueryRouteRules, 'gatekeeper' | 'parts' | 'problems'>, nodeId: string): void => {
  const tell = (operation: typeof readMetrics | typeof readMetricsUnversioned) => async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await admitCaller(gatekeeper, operation, request)
    const { params } = readInput(operation, request)
    const target = await parts.targets.locate(caller.orgId, params.database_id)
    const [sizeBytes, families] = await Promise.all([sizeOf(target, parts.engines), familiesOf(target, parts.engines)])
    void reply.header('content-type', openMetricsType).send(presentMetrics({ ...parts.meters.read(target.databaseId), bounds: latencyBounds, sizeBytes }, nodeId, families))
  }
  mountRaw(fastify, readMetrics, problems, tell(readMetrics))
  mountRaw(fastify, readMetricsUnversioned, problems, tell(readMetricsUnversioned))
}

const left: readonly ProblemKind[] = ['unavailable', 'missing', 'conflict', 'cancelled', 'unprocessable']

/** What cannot be had is left out: what was counted is true without it. */
const unlessAway = async <T>(asked: Promise<T> | undefined): Promise<T | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && left.includes(error.kind)) return undefined
    throw error
  }
}

const sizeOf = (target: DatabaseTarget, engines: Engines): Promise<number | undefined> =>
  unlessAway(engines[target.engine]?.metrics?.sizeBytes(target, AbortSignal.timeout(sizeMs)))

const familiesOf = (target: DatabaseTarget, engines: Engines): Promise<string | undefined> =>
  unlessAway(engines[target.engine]?.metrics?.families?.(target, AbortSignal.timeout(sizeMs)))
