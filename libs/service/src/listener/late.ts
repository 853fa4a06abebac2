import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ListenerLimits } from './fault.js'

/** Node looks for connections that are late this often, and so do we. */
export const lateEveryMs = 500
// Whoever reads an import ends it in words when its time is over, and this is after that.
const graceMs = 10_000

const long = new WeakSet<IncomingMessage>()

/** Lets a request's body take as long as an import. Whoever knows its route says so, in every process that it passes. */
export const mayTakeLong = (request: IncomingMessage): void => { long.add(request) }

/** How long Node itself lets a request take: as long as the longest one may. */
export const longestRequestMs = ({ REQUEST_SECONDS, IMPORT_SECONDS }: ListenerLimits): number => Math.max(REQUEST_SECONDS, IMPORT_SECONDS) * 1_000 + graceMs

/**
 * The latest request of each connection, of which those that do not arrive in time are found: Node has one time for all requests, and
 * some may take longer than others.
 */
export class LatestRequests {
  private readonly latest = new Map<Duplex, ServerResponse>()
  private readonly unfinishedSince = new WeakMap<IncomingMessage, number>()

  constructor(private readonly limits: ListenerLimits) {}

  note(request: IncomingMessage, response: ServerResponse): void {
    this.latest.set(request.socket, response)
  }

  /** The answer to the latest request of a connection. */
  responseOn(socket: Duplex): ServerResponse | undefined {
    return this.latest.get(socket)
  }

  /** Tells the server of those that are late, as Node does. */
  watch(server: Server): void {
    const timer = setInterval(() => this.look(server, performance.now()), lateEveryMs).unref()
    server.once('close', () => clearInterval(timer))
  }

  private look(server: Server, now: number): void {
    for (const [socket, { req: request }] of this.latest) {
      if (socket.destroyed) this.latest.delete(socket)
      else if (!request.complete && !long.has(request) && this.isLate(request, now)) {
        server.emit('clientError', Object.assign(new Error('The request did not arrive in time.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
      }
    }
  }

  private isLate(request: IncomingMessage, now: number): boolean {
    const since = this.unfinishedSince.get(request)
    if (since === undefined) this.unfinishedSince.set(request, now)
    return since !== undefined && now - since > this.limits.REQUEST_SECONDS * 1_000
  }
}
