import { Problem, type ProblemWire } from '@tenantry/contracts'
import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'
import { wireCode } from './problems.js'
import { runSql } from './queries.js'

/** Clients of GraphQL look for every refusal in `errors`, whoever it comes from. */
const graphqlWire: ProblemWire = {
  body: (problem) => {
    const code = wireCode(problem)
    return { code, message: problem.message, errors: [{ message: problem.message, extensions: { code } }], data: null }
  },
}

const requestSchema = z.looseObject({
  query: z.string().optional().describe('The document.'),
  operationName: z.string().nullable().optional().describe('Which of its operations is meant, where it has several.'),
  variables: z.record(z.string(), z.unknown()).nullable().optional(),
  extensions: z.record(z.string(), z.unknown()).nullable().optional(),
})

const errorSchema = z.looseObject({
  message: z.string(),
  locations: z.array(z.object({ line: z.int(), column: z.int() })).optional(),
  path: z.array(z.union([z.string(), z.int()])).optional(),
  extensions: z.looseObject({}).optional(),
})

const answerSchema = z.looseObject({ data: z.looseObject({}).nullable().optional(), errors: z.array(errorSchema).nullable().optional() })

/** The media type under which the status tells whether a document was run at all. */
export const graphqlResponseType = 'application/graphql-response+json'

export const runGraphql = {
  ...operation({
    id: 'runGraphql', method: 'POST', path: '/v2/databases/{database_id}/query/graphql', tag: 'Query', summary: 'Run a GraphQL document', permission: 'data:read', params: knownDatabase,
    body: { kind: 'text', types: [], description: 'A request in GraphQL.', json: requestSchema },
    success: {
      status: 200, schema: answerSchema, alsoAs: [graphqlResponseType, 'text/event-stream'],
      description: 'What was asked for. A document that is at fault is answered with `data: null` and `errors`, in status 200; a client that accepts `application/graphql-response+json` is answered in that type, with status 400 where nothing was run. Accepted as `text/event-stream`, each answer is an event `next`: a subscription is answered again whenever the database has changed so that its answer is another one.',
    },
    problems: [...runSql.problems.filter((code) => code !== 'EngineRejectedQuery'), 'InvalidContentType', 'TooManyEventStreams'],
    examples: { jsonRequest: { query: '{ __typename }' }, answer: { data: { __typename: 'Query' } } },
  }),
  wire: graphqlWire,
}

const jsonType = /^\s*application\/json\s*(?:;|$)/i

/** What the members of a request are, in the words of a refusal. */
const kinds = {
  query: ['must be a text.', (value: unknown) => typeof value === 'string'],
  operationName: ['must be a text or null.', (value: unknown) => value === null || typeof value === 'string'],
  variables: ['must be an object or null.', (value: unknown) => typeof value === 'object' && !Array.isArray(value)],
  extensions: ['must be an object or null.', (value: unknown) => typeof value === 'object' && !Array.isArray(value)],
} as const

export interface GraphqlRequest {
  /** The body as it was sent, digit by digit: whoever runs it reads the variables there. */
  readonly text: string
  readonly query: string | undefined
  readonly operationName: string | undefined
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The request in a body. Throws InvalidContentType, InvalidBody, InvalidParameter. */
export const readGraphql = (contentType: string | undefined, text: string): GraphqlRequest => {
  if (contentType === undefined || !jsonType.test(contentType)) throw new Problem('InvalidContentType', 'Send the document as JSON, {"query": …}, with "Content-Type: application/json".')
  const body = objectIn(text)
  for (const [name, [fault, fits]] of Object.entries(kinds)) {
    if (body[name] !== undefined && !fits(body[name])) throw new Problem('InvalidParameter', `${name}: ${fault}`)
  }
  const { query, operationName, extensions } = body as { query?: string; operationName?: string | null; extensions?: Record<string, unknown> | null }
  return { text, query, operationName: operationName ?? undefined, extensions: extensions ?? {} }
}

/** The same request with another document: the member that comes last is the one that is read. */
export const withDocument = (text: string, query: string): string => {
  const open = text.trimEnd().slice(0, -1)
  return `${open}${open.trim() === '{' ? '' : ','}"query":${JSON.stringify(query)}}`
}

const objectIn = (text: string): Readonly<Record<string, unknown>> => {
  const body = parsed(text)
  if (Array.isArray(body)) throw new Problem('InvalidBody', 'Send one request at a time: lists of requests are not run.')
  if (typeof body !== 'object' || body === null) throw new Problem('InvalidBody', 'The body must be a JSON object with the document in its member query.')
  return body as Readonly<Record<string, unknown>>
}

const parsed = (text: string): unknown => {
  if (text.trim() === '') throw new Problem('InvalidBody', 'The request needs a JSON body with the document in its member query.')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('InvalidBody', 'The body is not JSON; check its quotes and commas.', { cause })
  }
}

/** The document of a request that has one. Throws MissingParameter. */
export const documentIn = ({ query }: Pick<GraphqlRequest, 'query'>): string => {
  if (query === undefined || query.trim() === '') throw new Problem('MissingParameter', 'query is required: the document that is to be run.')
  return query
}

interface Told {
  readonly data?: unknown
  readonly errors?: readonly { readonly path?: unknown }[]
}

const nothing = Buffer.from('{"data":null')

/**
 * The answer of an engine to a client that asked for GraphQL's own media type. Only what was not run at all is a fault of the
 * request: then no error has a path, and the answer no data.
 */
export const graphqlResponse = (answer: Buffer): { readonly status: number; readonly body: Buffer } => {
  if (!answer.subarray(0, nothing.length).equals(nothing)) return { status: 200, body: answer }
  const { data: _data, ...told } = JSON.parse(answer.toString()) as Told
  if (!told.errors?.every(({ path }) => path === undefined)) return { status: 200, body: answer }
  return { status: 400, body: Buffer.from(JSON.stringify(told)) }
}
