import type { IncomingMessage } from 'node:http'
import type { Principal } from '@tenantry/contracts'
import { operationOf } from '@tenantry/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Gatekeeper } from './gatekeeper.js'
import { type Rates, sayStanding } from './rates.js'

/** What is left to do for requests whose caller was not known when they came. */
const owed = new WeakMap<IncomingMessage, (caller: Principal) => void>()

/**
 * Counts every request to an operation for callers before anything of it is read, and tells in its answer's headers what is left. Raw
 * routes are counted like all others; what anyone may call has counts of its own, or costs nothing.
 */
export const countRequests = (fastify: FastifyInstance, gatekeeper: Gatekeeper, rates: Rates): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    const operation = operationOf(request)
    if (!operation || operation.permission === 'anyone') return done()
    const known = gatekeeper.peek(request.raw)
    const standing = rates.take(request.raw, known)
    sayStanding(reply.raw, standing)
    if (!known && !standing.refusal) {
      owed.set(request.raw, (caller) => {
        const found = rates.takeCaller(request.raw, caller, standing)
        sayStanding(reply.raw, found)
        if (found.refusal) throw found.refusal
      })
    }
    done(standing.refusal)
  })
}

/** Counts a request for the caller whom it was found to be from, unless that is done. Throws TooManyRequests. */
export const countCaller = (request: FastifyRequest, caller: Principal): void => {
  owed.get(request.raw)?.(caller)
  owed.delete(request.raw)
}
