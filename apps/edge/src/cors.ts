import type { IncomingMessage, ServerResponse } from 'node:http'

const origin = /^[a-z][a-z\d+.-]*:\/\/(?:\[[\da-f:]+\]|[a-z\d](?:[a-z\d._-]*))(?::\d{1,5})?$/

/** Origins that pages of others may call from: exact ones, or any. */
export type Origins = ReadonlySet<string> | 'any'

/** Reads "https://app.example.com, http://localhost:5173", or "*"; undefined when a part is no origin. */
export const parseOrigins = (text: string): Origins | undefined => {
  const words = text.toLowerCase().split(',').map((word) => word.trim()).filter((word) => word !== '')
  if (words.length === 1 && words[0] === '*') return 'any'
  return words.every((word) => origin.test(word)) ? new Set(words.map((word) => word.replace(/^(https:\/\/.*):443$|^(http:\/\/.*):80$/, '$1$2'))) : undefined
}

const requestHeaders = 'authorization, content-type, x-api-key, idempotency-key, x-request-id, if-none-match, last-event-id'
const exposedHeaders = 'x-request-id, retry-after, location, allow, www-authenticate, content-disposition, etag, ratelimit, ratelimit-policy'
const preflightSeconds = '7200'

/** Who a request's page is to us. A request without an Origin comes from no page, or from one of ours that reads. */
export type Caller = 'none' | 'own' | 'allowed' | 'foreign'

export interface Cors {
  /** Judges the request and says in the answer's headers what its page may read of it. */
  greet(request: IncomingMessage, response: ServerResponse): Caller
  /** Answers a preflight for a path that knows these methods. */
  answer(response: ServerResponse, methods: readonly string[], headers: Readonly<Record<string, string>>): void
}

export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined

/**
 * Cross-origin calls as browsers ask for them. Credentials travel in headers that a page must know, never in cookies, so no
 * answer allows credentials and "*" gives nothing away. The origin "null", which any sandboxed page can have, is never allowed.
 */
export const createCors = (origins: Origins, publicUrl: string | undefined): Cors => {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  const varies = origins !== 'any' && origins.size > 0

  const judge = (request: IncomingMessage): Caller => {
    const given = request.headers.origin
    if (given === undefined) return 'none'
    if (given !== 'null' && (origins === 'any' || origins.has(given))) return 'allowed'
    return given === publicOrigin || isOfHost(given, request) ? 'own' : 'foreign'
  }
  return {
    greet: (request, response) => {
      if (varies) response.setHeader('vary', 'Origin')
      const caller = judge(request)
      if (caller !== 'allowed') return caller
      response.setHeader('access-control-allow-origin', origins === 'any' ? '*' : String(request.headers.origin))
      response.setHeader('access-control-expose-headers', exposedHeaders)
      return caller
    },
    answer: (response, methods, headers) => {
      response.writeHead(204, {
        ...headers,
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': preflightSeconds,
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      }).end()
    },
  }
}

const isOfHost = (given: string, { headers, socket }: IncomingMessage): boolean =>
  given === `https://${headers.host}` || (!('encrypted' in socket) && given === `http://${headers.host}`)
