import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Gatekeeper, type Standing, may, rateHeaders, sayStanding } from '@tenantry/auth'
import { type DatabaseTarget, type Operation, type Principal, Problem, type Rights, isUuid } from '@tenantry/contracts'
import { answerParts, answerText, documentIn, isStatementJson, persistedHash, pqlParts, pqlText, readGraphql, runGraphql, runPql, runSql } from '@tenantry/dialects-featurebase'
import type { Answer } from '@tenantry/engines-contract'
import { excessProblem, refuseRaw } from '@tenantry/http'
import { privateHeaderPairs, requestIdOf } from '@tenantry/service'
import { type Documents, type Resolved, type Told, resolveDocument } from './graphql.documents.js'
import { CallerGone } from './gone.js'
import { takesJson } from './graphql.routes.js'
import { type Asked, queryAccess, sized, statementIn } from './query.text.js'
import type { QueryRouteRules } from './query.routes.js'
import { engineOf, runQuery, speaking } from '../../queries/run-query.js'

const before = '/v2/databases/'
const after = '/query/'
const uuidLength = 36
const languageAt = before.length + uuidLength + after.length
const smallBytes = 8 * 1024

const alwaysSaid: readonly string[] = [...privateHeaderPairs.flat(), 'content-type', 'application/json; charset=utf-8']

export interface WarmRules extends QueryRouteRules {
  readonly documents: Documents
}

/** Handles a request when it can, and says whether it did. */
export type WarmPath = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * The query route for callers and databases that this process knows already, on bare HTTP: the framework costs twice what all
 * else here does. Whatever is unusual (a cold cache, a query string, a body without a length) goes the way through it,
 * and both ways answer alike.
 */
export const warmPath = (rules: WarmRules): WarmPath => {
  const { gatekeeper, parts, metrics } = rules
  const ways: Readonly<Record<WarmLanguage, Way>> = {
    sql: { language: 'sql', operation: runSql, answered: metrics.requests.labels('POST', runSql.path, '200'), read: (body, type) => readSql(body, type, rules), text: answerText, parts: answerParts },
    pql: { language: 'pql', operation: runPql, answered: metrics.requests.labels('POST', runPql.path, '200'), read: (body) => ({ text: sized(body, rules.textBytes) }), text: pqlText, parts: ({ data }) => pqlParts(data) },
    graphql: {
      language: 'graphql', operation: runGraphql, answered: metrics.requests.labels('POST', runGraphql.path, '200'), read: (body, type, target) => readGraphqlBody(body, type, target, rules),
      text: ({ data }) => data.toString('latin1'), parts: ({ data }) => [data],
    },
  }
  return (request, response) => {
    const language = languageIn(request)
    const databaseId = language && databaseIn(request)
    const length = Number(request.headers['content-length'] ?? NaN)
    if (language === undefined || databaseId === undefined || !(length > 0 && length <= rules.textBytes) || !isUsual(request, language)) return false
    const known = knownCaller(gatekeeper, request)
    const target = known && parts.targets.peek(known.caller.orgId, databaseId)
    if (!target) return false
    void answer(request, response, length, { ...known, target }, ways[language], rules)
    return true
  }
}

type WarmLanguage = 'sql' | 'pql' | 'graphql'

/** What a language has of its own on the way. */
interface Way {
  readonly language: WarmLanguage
  readonly operation: Operation
  readonly answered: { observe(seconds: number): void }
  /** The body as a request to the engine, or what is answered without one. Throws Problem. */
  readonly read: (body: string, contentType: string | undefined, target: DatabaseTarget) => Asked | Told | Promise<Asked | Told>
  readonly text: (answer: Answer) => string
  readonly parts: (answer: Answer) => readonly Buffer[]
}

interface Known {
  readonly caller: Principal
  readonly rights: Rights
}

interface Warm extends Known {
  readonly target: DatabaseTarget
}

const knownCaller = (gatekeeper: Gatekeeper, request: IncomingMessage): Known | undefined => {
  const caller = gatekeeper.peek(request)
  const rights = caller && gatekeeper.peekRights(caller)
  return rights && may(rights, 'data:read') ? { caller, rights } : undefined
}

const languageIn = ({ url = '' }: IncomingMessage): WarmLanguage | undefined => {
  const length = url.length - languageAt
  if (length === 'sql'.length) return url.endsWith('sql') ? 'sql' : url.endsWith('pql') ? 'pql' : undefined
  return length === 'graphql'.length && url.endsWith('graphql') ? 'graphql' : undefined
}

/** The database of a path that ends in a language. */
const databaseIn = ({ method, url = '' }: IncomingMessage): DatabaseTarget['databaseId'] | undefined => {
  if (method !== 'POST' || !url.startsWith(before) || !url.startsWith(after, before.length + uuidLength)) return undefined
  const id = url.slice(before.length, before.length + uuidLength)
  return isUuid<DatabaseTarget['databaseId']>(id) ? id : undefined
}

/** A statement as JSON keeps the limits that all JSON has, which the framework looks at where it is asked. */
const readSql = (body: string, contentType: string | undefined, { textBytes, json }: QueryRouteRules): Asked => {
  const excess = isStatementJson(contentType, body) ? excessProblem(body, json) : undefined
  if (excess) throw excess
  return statementIn(contentType, body, textBytes)
}

/** As the framework reads JSON, and then as its route does. */
const readGraphqlBody = (body: string, contentType: string | undefined, target: DatabaseTarget, { textBytes, json, parts, documents }: WarmRules): Asked | Told | Promise<Asked | Told> => {
  const excess = (contentType ?? '').includes('json') && body.trimStart().startsWith('{') ? excessProblem(body, json) : undefined
  if (excess) throw excess
  const request = readGraphql(contentType, sized(body, textBytes))
  if (persistedHash(request) === undefined) documentIn(request)
  speaking('graphql', engineOf(target, parts.engines))
  const asked = (found: Resolved | Told): Asked | Told => 'told' in found ? found : { text: sized(found.text, textBytes) }
  const resolved = resolveDocument(request, target, documents)
  return resolved instanceof Promise ? resolved.then(asked) : asked(resolved)
}

/** What each language takes on this way: JSON is no PQL, and only JSON is GraphQL. */
const takes: Readonly<Record<WarmLanguage, (headers: IncomingMessage['headers']) => boolean>> = {
  sql: () => true,
  pql: (headers) => !(headers['content-type'] ?? '').includes('json'),
  graphql: (headers) => (headers['content-type'] ?? '').startsWith('application/json') && takesJson(headers.accept),
}

const isUsual = ({ headers }: IncomingMessage, language: WarmLanguage): boolean =>
  takes[language](headers) && headers['content-encoding'] === undefined && headers.expect === undefined && headers['idempotency-key'] === undefined

const answer = async (request: IncomingMessage, response: ServerResponse, length: number, { caller, rights, target }: Warm, way: Way, rules: QueryRouteRules): Promise<void> => {
  const began = performance.now()
  const requestId = requestIdOf(request.headers['x-request-id'])
  const standing = rules.rates.take(request, caller)
  const about = { requestId, standing }
  try {
    if (standing.refusal) throw standing.refusal
    const read = way.read(await bodyOf(request, length), request.headers['content-type'], target)
    // What is known here is not awaited: each wait is a round through the event loop's queue.
    const asked = read instanceof Promise ? await read : read
    if ('told' in asked) return sendSmall(response, about, asked.told)
    const { text, params } = asked
    // The ids of the target are texts that others have looked up before: those of the request would be hashed once more each.
    const ask = { orgId: target.orgId, databaseId: target.databaseId, target, language: way.language, text, access: queryAccess(rights), plan: false, limits: rules.limits }
    await runQuery(params ? { ...ask, params } : ask, rules.parts, new CallerGone(response, rules.gatekeeper, caller), (given) => {
      const isSmall = given.fields.length + given.data.length < smallBytes
      return isSmall ? sendSmall(response, about, way.text(given)) : sendLarge(response, about, way.parts(given), rules)
    })
    way.answered.observe((performance.now() - began) / 1000)
  } catch (error) {
    sayStanding(response, standing)
    refuseRaw(error, way.operation, requestId, response, rules.problems, rules.metrics)
  }
}

interface About {
  readonly requestId: string
  readonly standing: Standing
}

const headOf = ({ requestId, standing: { seen } }: About, bytes: number): string[] =>
  [...alwaysSaid, ...rateHeaders(seen), 'x-request-id', requestId, 'content-length', String(bytes)]

/** Head and body leave as one text. */
const sendSmall = (response: ServerResponse, about: About, text: string): void => {
  response.writeHead(200, headOf(about, text.length)).end(text, 'latin1')
}

/** A page of rows is not copied. */
const sendLarge = (response: ServerResponse, about: About, body: readonly Buffer[], { outgoing }: QueryRouteRules): Promise<void> | undefined => {
  const bytes = body.reduce((sum, part) => sum + part.length, 0)
  return outgoing.send(response, bytes, () => {
    response.writeHead(200, headOf(about, bytes)).cork()
    for (const part of body) response.write(part)
    response.end()
  })
}

/**
 * The body as text; most come in one piece. It is whole with its last byte: the end of the request is news of a turn later. A client
 * that goes away before that leaves nobody waiting.
 */
const bodyOf = (request: IncomingMessage, length: number): Promise<string> => new Promise((resolve, reject) => {
  const pieces: Buffer[] = []
  let missing = length
  request.on('data', (piece: Buffer) => {
    pieces.push(piece)
    missing -= piece.length
    if (missing <= 0) resolve((pieces.length === 1 ? piece : Buffer.concat(pieces, length)).toString('utf8'))
  })
  request.on('error', (cause) => reject(new Problem('QueryCancelled', 'The request ended before its body did.', { cause })))
})
