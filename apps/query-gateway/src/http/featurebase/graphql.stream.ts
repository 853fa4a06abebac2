import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { mayStay } from '@tenantry/auth'
import { Problem } from '@tenantry/contracts'
import { graphqlResponse, graphqlStream, runGraphql } from '@tenantry/dialects-featurebase'
import { type Answer, graphqlLimits } from '@tenantry/engines-contract'
import { privateHeaders } from '@tenantry/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, Kind, type OperationDefinitionNode, parse } from 'graphql'
import type { Hearer, LiveQueries } from '../../live/live-queries.js'
import { type Ask, runQuery } from '../../queries/run-query.js'
import { CallerGone } from './gone.js'
import type { Admitted, QueryRouteRules } from './query.routes.js'
import { queryAccess } from './query.text.js'

export interface StreamRules extends QueryRouteRules {
  readonly live: LiveQueries
  /** What each answer of a live query may have. */
  readonly liveAnswerBytes: number
}

export type Streamed = Pick<Ask, 'databaseId' | 'language' | 'text'>

/** A subscription as the query that it asks again and again; undefined for any other operation, and for what only the engine can refuse. */
export const liveQueryOf = (document: string, operationName: string | undefined): string | undefined => {
  const found = operationIn(document, operationName)
  if (found?.operation !== 'subscription' || !found.loc) return undefined
  const { start } = found.loc
  return `${document.slice(0, start)}query${document.slice(start + 'subscription'.length)}`
}

const operationIn = (document: string, operationName: string | undefined): OperationDefinitionNode | undefined => {
  try {
    const all = parse(document, { maxTokens: graphqlLimits.tokens }).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    return operationName === undefined ? all.length === 1 ? all[0] : undefined : all.find(({ name }) => name?.value === operationName)
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}

/** Answers once, as a stream that ends. */
export const streamOnce = (request: FastifyRequest, reply: FastifyReply, { caller }: Admitted, asked: Streamed & Pick<Ask, 'access'>, rules: StreamRules): Promise<void> =>
  runQuery({ ...asked, orgId: caller.orgId, limits: rules.limits }, rules.parts, new CallerGone(reply.raw, rules.gatekeeper, caller), ({ data }) => {
    const text = graphqlStream.next(data) + graphqlStream.complete
    return rules.outgoing.send(reply.raw, Buffer.byteLength(text), () => { begin(request, reply).end(text) })
  })

/** Answers at once, and again whenever the answer is another one. */
export const streamLive = async (request: FastifyRequest, reply: FastifyReply, { caller, rights }: Admitted, asked: Streamed, rules: StreamRules): Promise<void> => {
  queryAccess(rights)
  const gone = new CallerGone(reply.raw, rules.gatekeeper, caller)
  const ask: Ask = { ...asked, orgId: caller.orgId, access: 'read', limits: { ...rules.limits, answerBytes: Math.min(rules.limits.answerBytes, rules.liveAnswerBytes) } }
  const news = new News()
  const refresh = (): Promise<void> => runQuery(ask, rules.parts, gone, (answer) => news.take(answer))
  await rules.live.open({ orgId: caller.orgId, databaseId: asked.databaseId, holder: caller.credential.id }, refresh, (closed) => {
    const response = begin(request, reply)
    response.once('close', closed)
    if (response.destroyed) queueMicrotask(closed)
    const hearer = hearerOf(request, response, refresh, rules)
    news.tell((data) => {
      response.write(graphqlStream.next(data))
      // A document that cannot be run does not become one that can.
      if (graphqlResponse(data).status !== 200) response.end(graphqlStream.complete)
    })
    return hearer
  })
}

const begin = (request: FastifyRequest, reply: FastifyReply): ServerResponse => {
  reply.hijack()
  reply.raw.writeHead(200, { ...privateHeaders, 'content-type': graphqlStream.type, 'x-accel-buffering': 'no', 'x-request-id': request.id })
  return reply.raw
}

/** Passes on an answer that is not the one before. The first waits until somebody hears. */
class News {
  private last = ''
  private first: Buffer | undefined
  private send: ((data: Buffer) => void) | undefined

  take({ data }: Answer): void {
    const digest = createHash('sha256').update(data).digest('base64')
    if (digest === this.last) return
    this.last = digest
    if (this.send) this.send(data)
    else this.first = data
  }

  tell(send: (data: Buffer) => void): void {
    this.send = send
    if (this.first) send(this.first)
    this.first = undefined
  }
}

const hearerOf = ({ raw }: FastifyRequest, response: ServerResponse, refresh: () => Promise<void>, { gatekeeper, problems }: StreamRules): Hearer => ({
  takes: () => !response.writableEnded && !response.writableNeedDrain,
  refresh,
  beat: () => { response.write(graphqlStream.beat) },
  end: (why) => {
    if (response.writableEnded) return
    if (why?.kind === 'unexpected') problems.logger.error({ error: why.cause ?? why }, 'a live query failed')
    response.end(why instanceof Problem ? graphqlStream.refusal(why) : graphqlStream.complete)
  },
  cut: () => { response.destroy() },
  mayStay: () => mayStay(gatekeeper, raw, runGraphql.permission),
})
