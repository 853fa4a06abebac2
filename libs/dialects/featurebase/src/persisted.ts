import { Problem } from '@tenantry/contracts'
import { z } from 'zod'
import { type GraphqlRequest, readGraphql, runGraphql } from './graphql.js'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'

const jsonText = (what: string) => z.string().max(8_192).optional().describe(what)

export const runPersistedGraphql = {
  ...operation({
    id: 'runPersistedGraphql', method: 'GET', path: runGraphql.path, tag: 'Query', summary: 'Run a GraphQL document that was sent before', permission: 'data:read', params: knownDatabase,
    query: z.object({
      extensions: jsonText('JSON that names the document: `{"persistedQuery":{"version":1,"sha256Hash":"…"}}`.'),
      id: z.string().max(100).optional().describe('The SHA-256 of the document in hex, instead of `extensions`.'),
      variables: jsonText('JSON of the variables.'),
      operationName: z.string().max(300).optional(),
    }),
    success: { ...runGraphql.success, description: 'What the document asks for. It may be a query and no mutation. One that is not known is answered with the error `PersistedQueryNotFound`: send it with POST then.' },
    problems: runGraphql.problems.filter((code) => !['InvalidBody', 'InvalidContentType', 'RequestTooLarge'].includes(code)),
    examples: { answer: { data: { __typename: 'Query' } } },
  }),
  wire: runGraphql.wire,
}

export interface PersistedAsk {
  readonly extensions?: string | undefined
  readonly id?: string | undefined
  readonly variables?: string | undefined
  readonly operationName?: string | undefined
}

const oneValue = (name: string, text: string): string => {
  try {
    JSON.parse(text)
    return text
  } catch (cause) {
    throw new Problem('InvalidParameter', `${name}: is not JSON; check its quotes and its encoding.`, { cause })
  }
}

const hashPattern = /^[0-9a-f]{64}$/i

/** The request of an address, as a body would have it. Throws InvalidParameter, MissingParameter. */
export const persistedRequest = ({ extensions, id, variables, operationName }: PersistedAsk): GraphqlRequest => {
  if (extensions === undefined && id === undefined) throw new Problem('MissingParameter', 'extensions is required: it names a document that was sent before. Documents themselves are sent with POST.')
  const named = extensions === undefined ? JSON.stringify({ persistedQuery: { version: 1, sha256Hash: id } }) : oneValue('extensions', extensions)
  const members = [
    `"extensions":${named}`,
    ...(variables === undefined || variables === '' ? [] : [`"variables":${oneValue('variables', variables)}`]),
    ...(operationName === undefined || operationName === '' ? [] : [`"operationName":${JSON.stringify(operationName)}`]),
  ]
  return readGraphql('application/json', `{${members.join(',')}}`)
}

/** The hash by which a request names its document, in small letters; undefined for one that does not. Throws InvalidParameter. */
export const persistedHash = ({ extensions }: Pick<GraphqlRequest, 'extensions'>): string | undefined => {
  const persisted = extensions['persistedQuery']
  if (persisted === undefined || persisted === null) return undefined
  const { version, sha256Hash } = (typeof persisted === 'object' ? persisted : {}) as { readonly version?: unknown; readonly sha256Hash?: unknown }
  if (version !== 1) throw new Problem('InvalidParameter', 'extensions.persistedQuery.version: must be 1.')
  if (typeof sha256Hash !== 'string' || !hashPattern.test(sha256Hash)) throw new Problem('InvalidParameter', 'extensions.persistedQuery.sha256Hash: must be a SHA-256 in hex.')
  return sha256Hash.toLowerCase()
}

/** In the words that clients know: they send the document itself then. */
export const persistedNotFound = '{"data":null,"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}'

/** Where a database runs registered documents alone, and this is none of them. */
export const notRegistered = '{"data":null,"errors":[{"message":"This database runs registered documents only, and this is none of them.","extensions":{"code":"PERSISTED_QUERY_ONLY"}}]}'
