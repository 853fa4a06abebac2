import { z } from 'zod'
import type { Operation } from './operations.js'
import { problemKinds } from './problems.js'
import { statusOfKind } from './statuses.js'

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly serverUrl: string
}

type Json = Record<string, unknown>

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json
  return rest
}

/** The OpenAPI 3.1 document of some operations. Pure: the same operations give the same document, in the same order. */
export const openApiDocument = (operations: readonly Operation[], info: ApiInfo): Json => ({
  openapi: '3.1.0',
  info: { title: info.title, version: info.version, description: info.description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  servers: [{ url: info.serverUrl }],
  security: [{ bearer: [] }, { apiKey: [] }],
  tags: [...new Set(operations.map((operation) => operation.tag))].map((name) => ({ name })),
  paths: pathsOf(operations),
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    },
    schemas: {
      Problem: {
        type: 'object', required: ['code', 'message'],
        properties: { code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
})

const pathsOf = (operations: readonly Operation[]): Json => {
  const paths: Record<string, Json> = {}
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation)
  return paths
}

const describe = (operation: Operation): Json => ({
  operationId: operation.id,
  tags: [operation.tag],
  summary: operation.summary,
  ...(operation.permission === 'anyone' && { security: [] }),
  ...parametersOf(operation),
  ...bodyOf(operation),
  responses: { ...successOf(operation), ...refusalsOf(operation) },
})

const parametersOf = (operation: Operation): Json => {
  const list = [...parametersIn(operation.params, 'path'), ...parametersIn(operation.query, 'query')]
  return list.length > 0 ? { parameters: list } : {}
}

const parametersIn = (schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] => {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, type]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: type }))
}

const bodyOf = ({ body, examples }: Operation): Json => {
  if (!body) return {}
  const content = body.kind === 'text'
    ? { 'text/plain': { schema: { type: 'string', description: body.description }, ...exampleOf(examples?.request) } }
    : { 'application/json': { schema: jsonSchema(body.schema, 'input'), ...exampleOf(examples?.request) } }
  return { requestBody: { required: true, content } }
}

const exampleOf = (example: unknown): Json => example === undefined ? {} : { example }

const successOf = ({ success, examples }: Operation): Json => ({
  [success.status]: {
    description: success.description,
    ...(success.schema && { content: { [success.contentType ?? 'application/json']: { schema: jsonSchema(success.schema, 'output'), ...exampleOf(examples?.answer) } } }),
  },
})

const refusalsOf = (operation: Operation): Json => {
  const codes = new Map<number, string[]>()
  const protectedCodes = operation.permission === 'anyone' ? [] : ['MissingCredentials', 'InvalidCredentials', 'AmbiguousCredentials'] as const
  const checked = operation.permission === 'anyone' || operation.permission === 'caller' ? [] : ['Forbidden'] as const
  const packed = operation.body ? ['UnsupportedEncoding'] as const : []
  for (const code of [...protectedCodes, ...checked, ...packed, ...operation.problems, 'InternalError', 'ServiceUnavailable'] as const) {
    const status = statusOfKind[problemKinds[code]]
    codes.set(status, [...new Set([...(codes.get(status) ?? []), code])])
  }
  const schema = { $ref: '#/components/schemas/Problem' }
  return Object.fromEntries([...codes].sort(([a], [b]) => a - b).map(([status, list]) => [status, { description: list.join(', '), content: { 'application/json': { schema } } }]))
}
