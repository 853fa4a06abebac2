import http from 'node:http'
import https from 'node:https'
import { Problem } from '@tenantry/contracts'
import type { Gone } from '@tenantry/engines-contract'

export interface ServerAsk {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string
  /** What the answer shall be; JSON where nothing is said. */
  readonly accept?: string
}

export interface Bounds {
  readonly milliseconds: number
  readonly mostBytes: number
  readonly gone: Gone
  /** Whether it may have changed something when it breaks off. */
  readonly changes: boolean
}

export interface ServerAnswer {
  readonly status: number
  readonly body: Buffer
}

const mostConnections = 64
const lookEveryMs = 50

export const serverAway = (cause?: unknown): Problem =>
  new Problem('EngineUnavailable', 'The FeatureBase server of this database cannot be reached at the moment; try again shortly.', { retryAfterSeconds: 1, cause })

const brokenOff = (cause: unknown): Problem =>
  new Problem('EngineUnavailable', 'The connection to the FeatureBase server broke off while the statement may have been running; look whether it took effect before trying again.', { retryAfterSeconds: 1, cause })

/** One FeatureBase server, over connections that are kept. */
export class FeaturebaseServer {
  private readonly agent: http.Agent
  private readonly request: typeof http.request

  constructor(readonly name: string, private readonly url: URL) {
    const isTls = url.protocol === 'https:'
    this.agent = new (isTls ? https.Agent : http.Agent)({ keepAlive: true, maxSockets: mostConnections, maxFreeSockets: mostConnections })
    this.request = isTls ? https.request : http.request
  }

  /** Throws QueryTimeout, QueryCancelled, AnswerTooLarge, EngineUnavailable. */
  async ask(ask: ServerAsk, bounds: Bounds): Promise<ServerAnswer> {
    const ends = performance.now() + bounds.milliseconds
    try {
      return await this.send(ask, { ...bounds, milliseconds: bounds.milliseconds })
    } catch (error) {
      // The server had let go of a connection that was kept; what changes nothing is sent once more.
      if (!(error instanceof StaleConnection)) throw error
      if (bounds.changes) throw brokenOff(error)
      return await this.send(ask, { ...bounds, milliseconds: Math.max(1, ends - performance.now()) }).catch((again: unknown) => {
        throw again instanceof StaleConnection ? serverAway(again) : again
      })
    }
  }

  close(): void {
    this.agent.destroy()
  }

  private send({ method, path, body, accept = 'application/json' }: ServerAsk, { milliseconds, mostBytes, gone, changes }: Bounds): Promise<ServerAnswer> {
    return new Promise((resolve, reject) => {
      const headers = { accept, ...(body !== undefined && { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) }) }
      const request = this.request(new URL(path, this.url), { method, agent: this.agent, headers })
      const settle = (done: () => void): void => {
        clearTimeout(deadline)
        clearInterval(looking)
        done()
      }
      // The server ends a statement whose connection is gone.
      const giveUp = (problem: Problem): void => settle(() => {
        reject(problem)
        request.destroy()
      })
      const deadline = setTimeout(() => giveUp(new Problem('QueryTimeout', 'The statement took too long and was ended.')), milliseconds)
      const look = (): void => { if (gone.aborted) giveUp(new Problem('QueryCancelled', 'The statement was ended because nobody waits for it any more.')) }
      const looking = setInterval(look, lookEveryMs)
      let answered = false
      request.on('error', (cause) => settle(() => {
        const isStale = request.reusedSocket && !answered
        reject(isStale ? new StaleConnection(cause) : answered || isLate(cause) ? (changes ? brokenOff(cause) : serverAway(cause)) : serverAway(cause))
      }))
      request.on('response', (response) => {
        answered = true
        const pieces: Buffer[] = []
        let bytes = 0
        response.on('data', (piece: Buffer) => {
          bytes += piece.length
          if (bytes > mostBytes) giveUp(new Problem('AnswerTooLarge', 'The answer is larger than an answer may be; ask for fewer rows or columns.'))
          else pieces.push(piece)
        })
        response.on('end', () => settle(() => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces, bytes) })))
        response.on('error', (cause) => settle(() => reject(changes ? brokenOff(cause) : serverAway(cause))))
      })
      request.end(body)
      look()
    })
  }
}

/** Whether the request had left: what was refused before it did has not run. */
const isLate = (cause: Error): boolean => !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes('code' in cause ? String(cause.code) : '')

class StaleConnection extends Error {
  override readonly name = 'StaleConnection'

  constructor(cause: unknown) {
    super('A kept connection was closed.', { cause })
  }
}
