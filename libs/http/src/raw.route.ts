import type { IncomingMessage } from 'node:http'
import type { Operation } from '@tenantry/contracts'
import { mayTakeLong } from '@tenantry/service'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { fastifyPath } from './on.js'
import { type ProblemRules, sendProblem } from './problems.filter.js'

const mounted = new WeakMap<FastifyInstance, Operation[]>()

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Mounts what both kinds of route have in common, and enters the operation in the list that the architecture test checks. */
const mount = (fastify: FastifyInstance, operation: Operation, rules: ProblemRules, route: Pick<RouteOptions, 'handler' | 'onRequest'>): void => {
  mounted.set(fastify, [...rawOperations(fastify), operation])
  fastify.route({
    method: operation.method,
    url: fastifyPath(operation.path),
    config: { operation } as object,
    errorHandler: (error, request, reply) => sendProblem(error, request, reply, rules),
    ...route,
  })
}

/** Hands a request over; what it is refused with is sent. */
const handing = (handle: Handle, rules: ProblemRules) => (request: FastifyRequest, reply: FastifyReply): void => {
  handle(request, reply).catch((error: unknown) => sendProblem(error, request, reply, rules))
}

/**
 * Mounts an operation past the framework, for routes where its cost is felt. The handler does what guard and pipes do elsewhere:
 * it admits the caller and reads the input.
 */
export const mountRaw = (fastify: FastifyInstance, operation: Operation, rules: ProblemRules, handle: Handle): void => {
  const hand = handing(handle, rules)
  mount(fastify, operation, rules, {
    handler: (request, reply) => {
      hand(request, reply)
      return reply
    },
  })
}

/**
 * Mounts an operation whose body is read as it comes: whoever handles it reads it from `request.raw`, and checks how large it is. What is
 * left of a body when it has been answered may come for a moment longer, and then the connection is closed.
 */
export const mountStreaming = (fastify: FastifyInstance, operation: Operation & { readonly streams: true }, rules: ProblemRules, handle: Handle): void => {
  const hand = handing(handle, rules)
  mount(fastify, operation, rules, {
    // Before the body is read, and in its place: the request goes no further than here.
    onRequest: (request, reply) => {
      mayTakeLong(request.raw)
      reply.raw.once('finish', () => endLater(request.raw))
      hand(request, reply)
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
