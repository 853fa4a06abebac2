import { timingSafeEqual, createHash } from 'node:crypto'
import { type OrderName, type OrderOf, Problem, type RequestName, internalPath, orderSchemas, problemData, requestNames } from '@tenantry/contracts'
import type { FastifyInstance } from 'fastify'
import type { JetStreamServer } from './jetstream.server.js'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Mounts the internal calls over HTTP, for when NATS is away: the same answers, behind the internal token. */
export const mountInternal = (fastify: FastifyInstance, server: JetStreamServer, token: string, names: readonly RequestName[] = requestNames): void => {
  for (const name of names) mountBehindToken(fastify, internalPath(name), token, (body) => server.reply(name, body))
}

/** Mounts what an operator may ask of a service, who has the internal token. No service asks it of another. */
export const mountOrder = (fastify: FastifyInstance, name: string, token: string, run: (body: unknown, from: OrderFrom) => Promise<unknown>): void =>
  mountBehindToken(fastify, `/internal/${name}`, token, run)

export type Orders = { readonly [N in OrderName]?: (ask: OrderOf<N>, from: OrderFrom) => Promise<unknown> }

/** Mounts those of the operators' orders that this service obeys. What does not fit its schema is InvalidBody. */
export const mountOrders = (fastify: FastifyInstance, token: string, orders: Orders): void => {
  for (const name of Object.keys(orders) as OrderName[]) mountOrder(fastify, name, token, (body, from) => obey(orders, name, body, from))
}

const obey = <N extends OrderName>(orders: Orders, name: N, body: unknown, from: OrderFrom): Promise<unknown> => {
  const { data, error } = orderSchemas[name].safeParse(body ?? {})
  const [fault] = error?.issues ?? []
  if (fault) throw new Problem('InvalidBody', `${[name, ...fault.path].join(' ')}: ${fault.message}`)
  // The schema is the one of this name, which the compiler cannot see.
  return orders[name]?.(data as OrderOf<N>, from) ?? Promise.reject(new Problem('RouteNotFound', `Nobody here obeys ${name}.`))
}

/** Where an order came from, for the record of deeds. */
export interface OrderFrom {
  readonly address: string
  readonly requestId: string
}

const mountBehindToken = (fastify: FastifyInstance, path: string, token: string, run: (body: unknown, from: OrderFrom) => Promise<unknown>): void => {
  const wanted = digest(`Bearer ${token}`)
  fastify.post(path, async (request, reply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) {
      return await reply.code(404).send({ code: 'ResourceNotFound', message: 'There is nothing here.' })
    }
    try {
      return { answer: await run(request.body, { address: request.ip, requestId: request.id }) }
    } catch (error) {
      if (error instanceof Problem && error.kind !== 'unexpected') return { problem: problemData(error) }
      throw error
    }
  })
}
