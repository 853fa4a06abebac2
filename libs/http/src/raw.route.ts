import type { Operation } from '@tenantry/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fastifyPath } from './on.js'
import { type ProblemRules, sendProblem } from './problems.filter.js'

const mounted = new WeakMap<FastifyInstance, Operation[]>()

/**
 * Mounts an operation past the framework, for routes where its cost is felt. The handler does what guard and pipes do elsewhere:
 * it admits the caller and reads the input. The operation is entered in the list that the architecture test checks.
 */
export const mountRaw = (fastify: FastifyInstance, operation: Operation, rules: ProblemRules,
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): void => {
  mounted.set(fastify, [...rawOperations(fastify), operation])
  fastify.route({
    method: operation.method,
    url: fastifyPath(operation.path),
    config: { operation } as object,
    errorHandler: (error, request, reply) => sendProblem(error, request, reply, rules),
    handler: (request, reply) => {
      handle(request, reply).catch((error: unknown) => sendProblem(error, request, reply, rules))
      return reply
    },
  })
}

export const rawOperations = (fastify: FastifyInstance): readonly Operation[] => mounted.get(fastify) ?? []
