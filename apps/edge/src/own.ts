import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Readiness, privateHeaders, safeHeaders } from '@tenantry/service'
import { docsPage, docsPolicy } from './docs.js'
import { createGraphiql, graphiqlPolicy } from './graphiql/graphiql.js'

export interface OwnPages {
  readonly document: () => object
  readonly ready: () => Promise<Readiness>
}

type Page = (request: IncomingMessage, response: ServerResponse) => void

const send = (response: ServerResponse, status: number, type: string, text: string | Buffer, headers: Readonly<Record<string, string>>): void => {
  const body = Buffer.from(text)
  response.writeHead(status, { 'content-type': type, 'content-length': String(body.length), ...headers })
  response.end(body)
}

const once = (make: () => string): (() => string) => {
  let made: string | undefined
  return () => (made ??= make())
}

const json = 'application/json; charset=utf-8'
const fresh = privateHeaders
const described = { ...safeHeaders, 'cache-control': 'no-cache' } as const
const page = { ...described, 'content-security-policy': docsPolicy } as const

const explorer = { ...described, 'content-security-policy': graphiqlPolicy } as const
const forGood = { ...safeHeaders, 'cache-control': 'public, max-age=31536000, immutable' } as const

/** The page at any of the paths that the route table gives to the edge. */
export const ownPage = (own: OwnPages): ((path: string) => Page | undefined) => {
  const fixed = fixedPages(own)
  const graphiql = createGraphiql()
  const explore: Page = (_request, response) => send(response, 200, 'text/html; charset=utf-8', graphiql.page(), explorer)
  return (path) => {
    if (path.endsWith('/graphiql')) return explore
    const asset = graphiql.asset(path)
    return asset ? (_request, response) => send(response, 200, asset.type, asset.bytes, forGood) : fixed[path]
  }
}

const fixedPages = ({ document, ready }: OwnPages): Readonly<Record<string, Page>> => {
  const description = once(() => JSON.stringify(document()))
  const listed = once(() => docsPage(document()))
  const alive: Page = (_request, response) => send(response, 200, 'text/plain; charset=utf-8', 'ok\n', fresh)
  return {
    '/healthz': alive,
    // By this the fbsql tool knows a cloud, to which it shows a credential.
    '/health': alive,
    '/readyz': (_request, response) => void ready().then(
      ({ ok }) => send(response, ok ? 200 : 503, json, JSON.stringify({ ok }), ok ? fresh : { ...fresh, 'retry-after': '1' }),
      () => send(response, 503, json, JSON.stringify({ ok: false }), { ...fresh, 'retry-after': '1' }),
    ),
    '/docs': (_request, response) => send(response, 200, 'text/html; charset=utf-8', listed(), page),
    '/docs/openapi.json': (_request, response) => send(response, 200, json, description(), described),
  }
}
