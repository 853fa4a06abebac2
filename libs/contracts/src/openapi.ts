import type { z } from 'zod'
import { describeRefusals, usualHeaders } from './openapi-refusals.js'
import { type Json, exampleOf, jsonSchema, schemaDialect } from './openapi-schema.js'
import type { Operation } from './operations.js'
import { builtInRoles, rolePermissions } from './permissions.js'

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly serverUrl: string
  /** What each tag is about. */
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * The OpenAPI 3.1 document of some operations. Pure: the same operations give the same document, in the same order. Each operation
 * says in `x-permission` what a caller needs, and `x-roles` what each built-in role may do.
 */
export const openApiDocument = (operations: readonly Operation[], info: ApiInfo): Json => {
  const refusals = describeRefusals(operations)
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version, description: info.description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    jsonSchemaDialect: schemaDialect,
    servers: [{ url: info.serverUrl, description: 'One host for everything: login, records and queries.' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [...new Set(operations.map((operation) => operation.tag))].map((name) => ({ name, ...(info.tags?.[name] && { description: info.tags[name] }) })),
    paths: pathsOf(operations, refusals.of),
    components: { securitySchemes, headers, responses: refusals.shared, schemas: { Problem: problemSchema } },
    'x-roles': Object.fromEntries(builtInRoles.map((role) => [role, rolePermissions[role]])),
  }
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The IdToken or the AccessToken of a login. The word Bearer may be left away.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The secret of an API key.' },
} as const

const headers = {
  RequestId: { description: 'The id of this request in the logs: the one that came with it, or a new one.', schema: { type: 'string', minLength: 8, maxLength: 128 } },
  RetryAfter: { description: 'After how many seconds asking again makes sense.', schema: { type: 'integer', minimum: 1 } },
  RateLimitPolicy: { description: 'What each bucket of the caller holds (`q`), and in how many seconds it fills (`w`).', schema: { type: 'string' } },
  RateLimit: { description: 'What is left in each bucket of the caller (`r`), and after how many seconds it is full (`t`).', schema: { type: 'string' } },
  WwwAuthenticate: { description: 'How a credential is shown.', schema: { type: 'string', const: 'Bearer' } },
  Allow: { description: 'The methods that this path has.', schema: { type: 'string' } },
} as const

const problemSchema = {
  type: 'object',
  description: 'Why a request was refused.',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', minLength: 1, description: 'The reason, for programs.' },
    message: { type: 'string', minLength: 1, description: 'The reason, for people: what is wrong, and what to do.' },
    error: { type: 'string', description: 'The message once more, where query clients look for it: in every refusal of PQL, and where an engine refuses a statement.' },
    errors: { type: 'array', items: { type: 'object' }, description: 'The reason where clients of GraphQL look for it: with the code in `extensions`.' },
    data: { type: 'null', description: 'Nothing, as clients of GraphQL read it.' },
    __type: { type: 'string', description: 'The reason in the words of a login.' },
  },
  additionalProperties: false,
} as const

type RefusalsOf = (operation: Operation) => Json

const pathsOf = (operations: readonly Operation[], refusalsOf: RefusalsOf): Json => {
  const paths: Record<string, Json> = {}
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation, refusalsOf)
  return paths
}

const describe = (operation: Operation, refusalsOf: RefusalsOf): Json => ({
  operationId: operation.id,
  tags: [operation.tag],
  summary: operation.summary,
  description: needed(operation),
  'x-permission': operation.permission,
  ...(operation.permission === 'anyone' && { security: [] }),
  ...parametersOf(operation),
  ...bodyOf(operation),
  responses: { ...successOf(operation), ...refusalsOf(operation) },
})

const needed = ({ permission }: Operation): string => {
  if (permission === 'anyone') return 'Needs no credential.'
  return permission === 'caller' ? 'Needs a credential and no right.' : `Needs the right \`${permission}\`.`
}

const parametersOf = (operation: Operation): Json => {
  const list = [...parametersIn(operation.params, 'path'), ...parametersIn(operation.query, 'query'), ...operation.deed && !operation.deed.elsewhere ? [repeatHeader] : []]
  return list.length > 0 ? { parameters: list } : {}
}

const repeatHeader: Json = {
  name: 'Idempotency-Key', in: 'header', required: false,
  description: 'Sent again with the same key, the request is done once and answered as it was the first time. Keys are the caller\'s own and kept for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
}

const parametersIn = (schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] => {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...type }]) => ({
    name, in: place, required: place === 'path' || required.includes(name), ...(description !== undefined && { description }), schema: type,
  }))
}

const bodyOf = ({ body, examples }: Operation): Json => {
  if (!body) return {}
  const content = body.kind === 'text'
    ? {
      ...Object.fromEntries((body.types ?? ['text/plain']).map((type, at) => [type, { schema: { type: 'string', description: body.description }, ...(at === 0 && exampleOf(examples?.request)) }])),
      ...(body.json && { 'application/json': { schema: jsonSchema(body.json, 'input'), ...exampleOf(examples?.jsonRequest) } }),
    }
    : { 'application/json': { schema: jsonSchema(body.schema, 'input'), ...exampleOf(examples?.request) } }
  return { requestBody: { required: true, content } }
}

const successOf = ({ success, examples }: Operation): Json => {
  const { status, description, contentType = 'application/json', alsoAs = [] } = success
  // What is no JSON has no schema but that it is text.
  const schema = success.schema ? jsonSchema(success.schema, 'output') : success.contentType && { type: 'string' }
  return {
    [status]: {
      description,
      headers: usualHeaders,
      ...(schema && { content: { [contentType]: { schema, ...exampleOf(examples?.answer) }, ...Object.fromEntries(alsoAs.map((type) => [type, { schema: type.endsWith('json') ? schema : { type: 'string' } }])) } }),
    },
  }
}
