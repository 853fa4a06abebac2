import type { InputOf } from '@tenantry/contracts'
import { documentIn, graphqlResponse, graphqlResponseType, readGraphql, runGraphql, withDocument } from '@tenantry/dialects-featurebase'
import { mountRaw, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { preferred } from './accept.js'
import { type StreamRules, liveQueryOf, streamLive, streamOnce } from './graphql.stream.js'
import { admit, ask } from './query.routes.js'
import { type Asked, sized } from './query.text.js'

const jsonType = 'application/json; charset=utf-8'
const streamType = 'text/event-stream'
const answerTypes = ['application/json', graphqlResponseType, streamType] as const

/** Mounts GraphQL: the engine answers what a document asks for, and what is wrong with it. */
export const mountGraphql = (fastify: FastifyInstance, rules: StreamRules): void => {
  mountRaw(fastify, runGraphql, rules.problems, (request, reply) => answerGraphql(request, reply, rules))
}

/** A body as a request to the engine. Throws Problem for one that cannot be sent there. */
export const graphqlIn = (contentType: string | undefined, body: string, mostBytes: number): Asked => {
  const request = readGraphql(contentType, sized(body, mostBytes))
  documentIn(request)
  return { text: request.text }
}

/** Whether a client takes the usual type, so that its answer can be sent as it is. */
export const takesJson = (accept: string | undefined): boolean => preferred(accept, answerTypes) === 'application/json'

const answerGraphql = async (request: FastifyRequest, reply: FastifyReply, rules: StreamRules): Promise<void> => {
  const admitted = await admit(request, rules)
  const { params, body } = readInput(runGraphql, request) as InputOf<typeof runGraphql>
  const read = readGraphql(request.headers['content-type'], sized(body, rules.textBytes))
  const document = documentIn(read)
  const asked = { databaseId: params.database_id, language: 'graphql' as const, text: read.text }
  const type = preferred(request.headers.accept, answerTypes)
  if (type === streamType) {
    const live = liveQueryOf(document, read.operationName)
    if (live === undefined) return await streamOnce(request, reply, admitted, asked, rules)
    return await streamLive(request, reply, admitted, { ...asked, text: withDocument(read.text, live) }, rules)
  }
  await ask(reply, rules, admitted, asked, ({ data }) => {
    const { status, body: sent } = type === graphqlResponseType ? graphqlResponse(data) : { status: 200, body: data }
    return rules.outgoing.send(reply.raw, sent.length, () => {
      void reply.code(status).header('content-type', type === graphqlResponseType ? `${graphqlResponseType}; charset=utf-8` : jsonType).send(sent)
    })
  })
}
