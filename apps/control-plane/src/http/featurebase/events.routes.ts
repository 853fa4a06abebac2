import { type Gatekeeper, admitCaller, mayStay } from '@tenantry/auth'
import { type Permission, type Principal, type Problem, statusOfKind } from '@tenantry/contracts'
import { lastEventId, streamDatabaseEvents, streamEvents, streamText } from '@tenantry/dialects-featurebase'
import { type ProblemRules, mountRaw, readInput } from '@tenantry/http'
import { privateHeaders } from '@tenantry/service'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DatabasesService } from '../../databases/databases.service.js'
import type { EventStreams, Listener, StreamAsk } from '../../feed/event-streams.js'

export interface EventRouteRules {
  readonly gatekeeper: Gatekeeper
  readonly databases: Pick<DatabasesService, 'get'>
  readonly streams: EventStreams
  readonly problems: ProblemRules
}

const streamType = 'text/event-stream; charset=utf-8'
const retryMs = 1_000
/** Those who are sent away together come back one after the other. */
const spreadMs = 37

/** Mounts the live streams past the framework, which knows only answers that end. */
export const mountEvents = (fastify: FastifyInstance, rules: EventRouteRules): void => {
  mountRaw(fastify, streamEvents, rules.problems, async (request, reply) => {
    const caller = await admitCaller(rules.gatekeeper, streamEvents, request)
    const { query } = readInput(streamEvents, request)
    await hear(request, reply, asked(request, query.last_event_id, caller), streamEvents.permission, rules)
  })
  mountRaw(fastify, streamDatabaseEvents, rules.problems, async (request, reply) => {
    const caller = await admitCaller(rules.gatekeeper, streamDatabaseEvents, request)
    const { params, query } = readInput(streamDatabaseEvents, request)
    const { id } = await rules.databases.get(caller, params.database_id)
    await hear(request, reply, { ...asked(request, query.last_event_id, caller), databaseId: id }, streamDatabaseEvents.permission, rules)
  })
}

const asked = (request: FastifyRequest, query: string | undefined, { orgId, credential }: Principal): StreamAsk =>
  ({ orgId, holder: credential.id, after: lastEventId(request.headers['last-event-id']?.toString(), query) })

const hear = async (request: FastifyRequest, reply: FastifyReply, ask: StreamAsk, permission: Permission, { streams, gatekeeper }: EventRouteRules): Promise<void> => {
  const response = reply.raw
  // What a stream would begin with, and no stream.
  if (request.method === 'HEAD') return void reply.type(streamType).send()
  await streams.open(ask, (at, closed) => {
    reply.hijack()
    response.once('close', closed)
    if (response.destroyed) queueMicrotask(closed)
    response.writeHead(200, { ...privateHeaders, 'content-type': streamType, 'x-accel-buffering': 'no', 'x-request-id': request.id })
    response.write(streamText.opening(at, retryMs))
    return listenerOf(request, reply, permission, gatekeeper, streams.size)
  })
}

const listenerOf = (request: FastifyRequest, { raw: response }: FastifyReply, permission: Permission, gatekeeper: Gatekeeper, nth: number): Listener => {
  const end = (why?: Problem): void => {
    if (response.writableEnded) return
    response.end(why ? streamText.refusal(why, statusOfKind[why.kind]) : streamText.ending(retryMs + (nth * spreadMs) % retryMs))
  }
  return {
    takes: () => !response.writableEnded && !response.writableNeedDrain,
    tell: (events) => { response.write(events.map(streamText.event).join('')) },
    beat: (seq) => { response.write(streamText.beat(seq)) },
    end,
    cut: () => { response.destroy() },
    mayStay: () => mayStay(gatekeeper, request.raw, permission),
  }
}
