import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common'
import { Problem, type ProblemWire, statusOfKind } from '@tenantry/contracts'
import type { Logger } from '@tenantry/service'
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
  const problem = problemOf(error, request, rules)
  if (problem.kind === 'unexpected') rules.logger.error({ error: problem.cause ?? problem, requestId: request.id, method: request.method, path: request.routeOptions?.url }, 'a request failed')
  else if (problem.kind === 'unavailable') rules.logger.warn({ error: problem.cause, code: problem.code, requestId: request.id }, problem.message)
  const wire = operationOf(request)?.wire ?? rules.wire
  const status = wire.status?.(problem) ?? statusOfKind[problem.kind]
  if (problem.retryAfterSeconds !== undefined || problem.mayPass) reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))))
  if (problem.kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(wire.body(problem, status)))
}

const problemOf = (error: unknown, request: FastifyRequest, rules: ProblemRules): Problem => {
  if (error instanceof Problem) return error
  return rules.translate(error) ?? frameworkProblem(error, request) ?? new Problem('InternalError', 'Something went wrong on our side; try again, and tell the operator the request id if it stays.', { cause: error })
}

/** What Fastify and Nest themselves refuse, in our words. */
const frameworkProblem = (error: unknown, request: FastifyRequest): Problem | undefined => {
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  const status = error instanceof HttpException ? error.getStatus() : statusCode
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || status === 413) return new Problem('RequestTooLarge', 'The request body is larger than this route accepts.')
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' || code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || status === 415) return new Problem('InvalidContentType', 'The Content-Type or Content-Length of the request does not fit its body.')
  if (status === 404) return new Problem('RouteNotFound', `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`)
  if (status !== undefined && status >= 400 && status < 500) return new Problem('InvalidBody', 'The request could not be read; check its body and headers.', { cause: error })
  return undefined
}
