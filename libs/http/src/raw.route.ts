import type { IncomingMessage } from 'node:http'
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

/**
 * Mounts an operation whose body is read as it comes: whoever handles it reads it from `request.raw`, and checks how large it is. What is
 * left of a body when it has been answered may come for a moment longer, and then the connection is closed.
 */
export const mountStreaming = (fastify: FastifyInstance, operation: Operation, rules: ProblemRules,
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): void => {
  mounted.set(fastify, [...rawOperations(fastify), operation])
  fastify.route({
    method: operation.method,
    url: fastifyPath(operation.path),
    config: { operation } as object,
    errorHandler: (error, request, reply) => sendProblem(error, request, reply, rules),
    // Before the body is read, and in its place: the request goes no further than here.
    onRequest: (request, reply) => {
      reply.raw.once('finish', () => endLater(request.raw))
      handle(request, reply).catch((error: unknown) => sendProblem(error, request, reply, rules))
    },
    handler: (_request, reply) => reply,
  })
}

const lastBytesMs = 2_000

const endLater = (request: IncomingMessage): void => {
  if (request.complete || request.destroyed) return
  request.resume()
  const cut = setTimeout(() => request.destroy(), lastBytesMs)
  request.once('end', () => clearTimeout(cut)).once('close', () => clearTimeout(cut))
}

export const rawOperations = (fastify: FastifyInstance): readonly Operation[] => mounted.get(fastify) ?? []
