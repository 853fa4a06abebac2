import type { ServerResponse } from 'node:http'
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common'
import { type Operation, Problem, type ProblemWire, statusOfKind } from '@tenantry/contracts'
import { type Logger, type ServiceMetrics, privateHeaders } from '@tenantry/service'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { throwError } from 'rxjs'
import { operationOf } from './on.js'

export interface ProblemRules {
  readonly logger: Logger
  /** The wording for requests that match no route. */
  readonly wire: ProblemWire
  /** Recognises errors of libraries that mean something to the caller: Postgres being away, say. */
  readonly translate: (error: unknown) => Problem | undefined
}

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemsFilter implements ExceptionFilter {
  constructor(private readonly rules: ProblemRules) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    // A handler of an event or an internal call: its transport decides what the error means.
    if (host.getType() === 'rpc') return throwError(() => this.rules.translate(error) ?? error)
    const http = host.switchToHttp()
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.rules)
    return undefined
  }
}

/** Answers a request with what went wrong, in the words of the API it came by, and logs what nobody foresaw. */
export const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply, rules: ProblemRules): void => {
  const said = worded(problemOf(error, rules, request), operationOf(request)?.wire ?? rules.wire, { requestId: request.id, method: request.method, path: request.routeOptions?.url }, rules)
  void reply.code(said.status).headers(said.headers).send(said.body)
}

/** The same for a request that is answered past the framework. Counts it, too, as the framework's hook would. */
export const refuseRaw = (error: unknown, operation: Operation, requestId: string, response: ServerResponse, rules: ProblemRules, metrics: ServiceMetrics): void => {
  const said = worded(problemOf(error, rules), operation.wire, { requestId, method: operation.method, path: operation.path }, rules)
  metrics.requests.labels(operation.method, operation.path, String(said.status)).observe(0)
  if (response.headersSent || response.destroyed) return
  response.writeHead(said.status, {
    ...privateHeaders, 'x-request-id': requestId, ...said.headers, 'content-length': Buffer.byteLength(said.body),
  })
  response.end(said.body)
}

interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const worded = (problem: Problem, wire: ProblemWire, about: { readonly requestId: string; readonly method: string; readonly path: string | undefined }, { logger }: ProblemRules): Said => {
  if (problem.kind === 'unexpected') logger.error({ error: problem.cause ?? problem, ...about }, 'a request failed')
  else if (problem.kind === 'unavailable') logger.warn({ error: problem.cause, code: problem.code, requestId: about.requestId }, problem.message)
  const status = wire.status?.(problem) ?? statusOfKind[problem.kind]
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...((problem.retryAfterSeconds !== undefined || problem.mayPass) && { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))) }),
    ...(problem.kind === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
  }
  return { status, headers, body: JSON.stringify(wire.body(problem, status)) }
}

const problemOf = (error: unknown, rules: ProblemRules, request?: FastifyRequest): Problem => {
  if (error instanceof Problem) return error
  return rules.translate(error) ?? (request && frameworkProblem(error)) ?? new Problem('InternalError', 'Something went wrong on our side; try again, and tell the operator the request id if it stays.', { cause: error })
}

/** What Fastify and Nest themselves refuse, in our words. */
const frameworkProblem = (error: unknown): Problem | undefined => {
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  const status = error instanceof HttpException ? error.getStatus() : statusCode
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || status === 413) return new Problem('RequestTooLarge', 'The request body is larger than this route accepts.')
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' || code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || status === 415) return new Problem('InvalidContentType', 'The Content-Type or Content-Length of the request does not fit its body.')
  if (status === 404) return new Problem('RouteNotFound', 'There is nothing at this path; /docs lists what there is.')
  if (status !== undefined && status >= 400 && status < 500) return new Problem('InvalidBody', 'The request could not be read; check its body and headers.', { cause: error })
  return undefined
}
