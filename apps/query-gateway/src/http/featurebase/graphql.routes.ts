import { type DatabaseId, type InputOf, Problem } from '@tenantry/contracts'
import {
  type GraphqlRequest, documentIn, graphqlResponse, graphqlResponseType, persistedHash, persistedRequest, readGraphql, runGraphql, runPersistedGraphql, withDocument,
} from '@tenantry/dialects-featurebase'
import type { Access } from '@tenantry/engines-contract'
import { mountRaw, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Documents, type Resolved, type Told, resolveDocument } from './graphql.documents.js'
import { engineOf, speaking } from '../../queries/run-query.js'
import { preferred } from './accept.js'
import { type StreamRules, liveQueryOf, streamLive, streamOnce } from './graphql.stream.js'
import { type Admitted, admit, ask } from './query.routes.js'
import { queryAccess, sized } from './query.text.js'

const jsonType = 'application/json; charset=utf-8'
const streamType = 'text/event-stream'
const answerTypes = ['application/json', graphqlResponseType, streamType] as const

export interface GraphqlRules extends StreamRules {
  readonly documents: Documents
}

/** Mounts GraphQL: the engine answers what a document asks for, and what is wrong with it. */
export const mountGraphql = (fastify: FastifyInstance, rules: GraphqlRules): void => {
  mountRaw(fastify, runGraphql, rules.problems, async (request, reply) => {
    const admitted = await admit(request, rules)
    const { params, body } = readInput(runGraphql, request) as InputOf<typeof runGraphql>
    const read = readGraphql(request.headers['content-type'], sized(body, rules.textBytes))
    if (persistedHash(read) === undefined) documentIn(read)
    await answerGraphql(request, reply, admitted, { databaseId: params.database_id, read, access: queryAccess(admitted.rights) }, rules)
  })
  mountRaw(fastify, runPersistedGraphql, rules.problems, async (request, reply) => {
    const admitted = await admit(request, rules)
    const { params, query } = readInput(runPersistedGraphql, request)
    queryAccess(admitted.rights)
    await rules.parts.targets.find(admitted.caller.orgId, params.database_id)
    if (new URLSearchParams(request.raw.url?.split('?')[1]).has('query')) throw new Problem('InvalidParameter', 'query: send documents with POST; GET is for those that were sent before.')
    // What is asked for by an address changes nothing.
    await answerGraphql(request, reply, admitted, { databaseId: params.database_id, read: persistedRequest(query), access: 'read' }, rules)
  })
}

/** Whether a client takes the usual type, so that its answer can be sent as it is. */
export const takesJson = (accept: string | undefined): boolean => preferred(accept, answerTypes) === 'application/json'

interface Meant {
  readonly databaseId: DatabaseId
  readonly read: GraphqlRequest
  readonly access: Access
}

const answerGraphql = async (request: FastifyRequest, reply: FastifyReply, admitted: Admitted, meant: Meant, rules: GraphqlRules): Promise<void> => {
  const { databaseId, access } = meant
  const type = preferred(request.headers.accept, answerTypes)
  const resolved = await resolve(admitted, meant, rules)
  if ('told' in resolved) return void sendAnswer(reply, type, Buffer.from(resolved.told))
  const asked = { databaseId, language: 'graphql' as const, text: sized(resolved.text, rules.textBytes) }
  if (type === streamType) {
    const live = liveQueryOf(resolved.document, meant.read.operationName)
    if (live === undefined) return await streamOnce(request, reply, admitted, { ...asked, access }, rules)
    return await streamLive(request, reply, admitted, { ...asked, text: withDocument(resolved.text, live) }, rules)
  }
  await ask(reply, rules, admitted, asked, ({ data }) => sendAnswer(reply, type, data, rules), access)
}

/** Whoever asks is told first whether there is such a database for them at all. */
const resolve = async ({ caller }: Admitted, { databaseId, read }: Meant, { parts, documents }: GraphqlRules): Promise<Resolved | Told> => {
  const target = parts.targets.peek(caller.orgId, databaseId) ?? await parts.targets.find(caller.orgId, databaseId)
  speaking('graphql', engineOf(target, parts.engines))
  return await resolveDocument(read, target, documents)
}

const sendAnswer = (reply: FastifyReply, type: typeof answerTypes[number], data: Buffer, rules?: GraphqlRules): Promise<void> | undefined => {
  const { status, body } = type === graphqlResponseType ? graphqlResponse(data) : { status: 200, body: data }
  const send = (): void => { void reply.code(status).header('content-type', type === graphqlResponseType ? `${graphqlResponseType}; charset=utf-8` : jsonType).send(body) }
  return rules ? rules.outgoing.send(reply.raw, body.length, send) : void send()
}
