import type { ServerResponse } from 'node:http'
import { type Problem, type ProblemWire, statusOfKind } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import { privateHeaders } from '@tenantry/service'

/** Answers a request that no service will see, in the words of what it asked for where that is known. */
export const refuse = (response: ServerResponse, problem: Problem, headers: Readonly<Record<string, string>> = {}, wire: ProblemWire = problemWire): void => {
  const status = statusOfKind[problem.kind]
  const body = Buffer.from(JSON.stringify(wire.body(problem, status)))
  response.writeHead(status, {
    ...privateHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...(problem.mayPass && { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))) }),
    ...headers,
  })
  response.end(body)
}
