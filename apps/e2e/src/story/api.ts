import http from 'node:http'
import https from 'node:https'
import type { z } from 'zod'

export interface Ask {
  readonly token?: string
  readonly key?: string
  readonly json?: unknown
  /** A statement, or any other body as it is. */
  readonly text?: string
  /** Names and values in turn, so that a header can be sent twice. They replace the one that goes with the body. */
  readonly headers?: readonly string[]
}

export interface Answer {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** Sends one request and reads the whole answer; of a stream of events, which has no end, the beginning. The path goes out as it is written, however odd. */
export type Api = (method: string, path: string, ask?: Ask) => Promise<Answer>

const deadlineMs = 60_000

const named = ({ headers = [] }: Ask, name: string): boolean => headers.some((header, at) => at % 2 === 0 && header.toLowerCase() === name)

const headersOf = (ask: Ask): string[] => {
  const { token, key, json, text, headers = [] } = ask
  return [
    ...(token === undefined ? [] : ['Authorization', `Bearer ${token}`]),
    ...(key === undefined ? [] : ['X-API-Key', key]),
    ...(json !== undefined && !named(ask, 'content-type') ? ['Content-Type', 'application/json'] : []),
    ...(text !== undefined && !named(ask, 'content-type') ? ['Content-Type', 'text/plain'] : []),
    ...headers,
  ]
}

const isEndless = ({ headers }: http.IncomingMessage): boolean => (headers['content-type'] ?? '').startsWith('text/event-stream')

/**
 * Speaks to the system at `url`; `hear` is told every answer. Each request has its own connection: servers come and go here. Over
 * https only the authority `ca` is trusted.
 */
export const speakTo = (url: string, hear: (answer: Answer) => void = () => undefined, ca?: string): Api => (method, path, ask = {}) =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port, host } = new URL(url)
    const body = ask.text ?? (ask.json === undefined ? undefined : JSON.stringify(ask.json))
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
    const request = (protocol === 'https:' ? https : http).request({
      ...(ca !== undefined && { ca }), hostname, port, path, method, agent: false, signal: AbortSignal.timeout(deadlineMs), headers: [...(named(ask, 'host') ? [] : ['Host', host]), 'Connection', 'close', ...headersOf(ask), ...length],
    }, (response) => {
      const chunks: Buffer[] = []
      const done = (): void => {
        const answer = { method, path, status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }
        hear(answer)
        resolve(answer)
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', done)
      if (isEndless(response)) response.once('data', () => {
        done()
        request.destroy()
      })
    })
    request.on('error', reject)
    request.end(body)
  })

/** What an answer holds, once its status is the one that was expected. */
export const read = <S extends z.ZodType>(schema: S, status: number, answer: Answer): z.infer<S> => {
  expectStatus(status, answer)
  return schema.parse(JSON.parse(answer.text))
}

/** Fails with the whole answer in sight, not with a number alone. */
export const expectStatus = (status: number, answer: Answer): void => {
  if (answer.status !== status) throw new Error(`${answer.method} ${answer.path} should answer ${status}, but answers ${answer.status}: ${answer.text.slice(0, 500)}`)
}
