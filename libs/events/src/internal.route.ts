import { timingSafeEqual, createHash } from 'node:crypto'
import { Problem, type RequestName, internalPath, problemData, requestNames } from '@tenantry/contracts'
import type { FastifyInstance } from 'fastify'
import type { JetStreamServer } from './jetstream.server.js'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Mounts the internal calls over HTTP, for when NATS is away: the same answers, behind the internal token. */
export const mountInternal = (fastify: FastifyInstance, server: JetStreamServer, token: string, names: readonly RequestName[] = requestNames): void => {
  for (const name of names) mountBehindToken(fastify, internalPath(name), token, (body) => server.reply(name, body))
}

/** Mounts what an operator may ask of a service, who has the internal token. No service asks it of another. */
export const mountOrder = (fastify: FastifyInstance, name: string, token: string, run: (body: unknown) => Promise<unknown>): void =>
  mountBehindToken(fastify, `/internal/${name}`, token, run)

const mountBehindToken = (fastify: FastifyInstance, path: string, token: string, run: (body: unknown) => Promise<unknown>): void => {
  const wanted = digest(`Bearer ${token}`)
  fastify.post(path, async (request, reply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) {
      return await reply.code(404).send({ code: 'ResourceNotFound', message: 'There is nothing here.' })
    }
    try {
      return { answer: await run(request.body) }
    } catch (error) {
      if (error instanceof Problem && error.kind !== 'unexpected') return { problem: problemData(error) }
      throw error
    }
  })
}
