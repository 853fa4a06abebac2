import { type ExecutionContext, createParamDecorator } from '@nestjs/common'
import { type InputOf, type Operation, Problem } from '@tenantry/contracts'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { operationOf } from './on.js'

/** The request as its operation describes it: `{ params, query, body }`, checked. Type it with `InputOf<typeof operation>`. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>()
  const operation = operationOf(request)
  if (!operation) throw new Error('@Input() was used on a handler without @On(operation).')
  return readInput(operation, request)
})

/** Checks the whole request. Throws Problem: InvalidParameter, MissingParameter, InvalidBody, InvalidContentType, InvalidId, …NotFound. */
export const readInput = <O extends Operation>(operation: O, request: Pick<FastifyRequest, 'params' | 'query' | 'body' | 'headers'>): InputOf<O> => ({
  params: checked(operation.params, request.params),
  query: checked(operation.query, request.query),
  body: readBody(operation, request),
}) as InputOf<O>

const readBody = ({ body }: Operation, request: Pick<FastifyRequest, 'body' | 'headers'>): unknown => {
  if (!body) return undefined
  const given = request.body
  if (body.kind === 'text') return textOf(given)
  if (given === undefined || given === null || given === '') throw new Problem('InvalidBody', 'The request needs a JSON body.')
  if (typeof given !== 'string') return checked(body.schema, given)
  if (!body.anyContentType) {
    throw new Problem('InvalidContentType', 'Send the body as JSON with "Content-Type: application/json".')
  }
  return checked(body.schema, parsedJson(given))
}

const textOf = (given: unknown): string => {
  if (given === undefined || given === null) return ''
  if (typeof given === 'string') return given
  throw new Problem('InvalidContentType', 'Send the text itself with "Content-Type: text/plain".')
}

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('InvalidBody', 'The body is not JSON; check its quotes and commas.', { cause })
  }
}

const checked = (schema: z.ZodType | undefined, value: unknown): unknown => {
  if (!schema) return undefined
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  throw faultOf(result.error.issues[0], value)
}

const faultOf = (issue: z.core.$ZodIssue | undefined, value: unknown): Problem => {
  // A schema may name a problem of its own (an id that no record can have, say) instead of the usual one.
  const own = issue?.code === 'custom' ? (issue.params?.['problem'] as unknown) : undefined
  if (own instanceof Problem) return own
  const field = issue?.path.join('.') ?? ''
  if (!issue || field === '') return new Problem('InvalidBody', 'The body must be a JSON object.')
  if (valueAt(value, issue.path) === undefined) return new Problem('MissingParameter', `${field} is required.`)
  return new Problem('InvalidParameter', `${field}: ${issue.message}`)
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined), value)
