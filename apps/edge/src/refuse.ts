import type { ServerResponse } from 'node:http'
import { type Problem, statusOfKind } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import { privateHeaders } from '@tenantry/service'

/** Answers a request that no service will see, in the native wording. */
export const refuse = (response: ServerResponse, problem: Problem, headers: Readonly<Record<string, string>> = {}): void => {
  const status = statusOfKind[problem.kind]
  const body = Buffer.from(JSON.stringify(problemWire.body(problem, status)))
  response.writeHead(status, {
    ...privateHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...(problem.mayPass && { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))) }),
    ...headers,
  })
  response.end(body)
}
