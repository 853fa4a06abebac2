import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readiness } from '@tenantry/service'
import { docsPage } from './docs.js'

export interface OwnPages {
  readonly document: () => object
  readonly ready: () => Promise<Readiness>
}

type Page = (request: IncomingMessage, response: ServerResponse) => void

const send = (response: ServerResponse, status: number, type: string, text: string, headers: Readonly<Record<string, string>> = {}): void => {
  const body = Buffer.from(text)
  response.writeHead(status, { 'content-type': type, 'content-length': String(body.length), 'x-content-type-options': 'nosniff', ...headers })
  response.end(body)
}

const once = (make: () => string): (() => string) => {
  let made: string | undefined
  return () => (made ??= make())
}

const json = 'application/json; charset=utf-8'
const fresh = { 'cache-control': 'no-store' } as const
const pageOnly = { 'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'; frame-ancestors \'none\'' } as const

/** The few pages that the edge serves itself, by path. */
export const ownPages = ({ document, ready }: OwnPages): Readonly<Record<string, Page>> => {
  const described = once(() => JSON.stringify(document()))
  const listed = once(() => docsPage(document()))
  return {
    '/healthz': (_request, response) => send(response, 200, 'text/plain; charset=utf-8', 'ok\n', fresh),
    '/readyz': (_request, response) => void ready().then(
      ({ ok }) => send(response, ok ? 200 : 503, json, JSON.stringify({ ok }), ok ? fresh : { ...fresh, 'retry-after': '1' }),
      () => send(response, 503, json, JSON.stringify({ ok: false }), { ...fresh, 'retry-after': '1' }),
    ),
    '/docs': (_request, response) => send(response, 200, 'text/html; charset=utf-8', listed(), pageOnly),
    '/docs/openapi.json': (_request, response) => send(response, 200, json, described()),
  }
}
