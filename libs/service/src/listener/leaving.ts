import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import net from 'node:net'

/** How long a connection on which nothing comes is left open by a server that drains. A proxy in front must let go of one sooner. */
export const idleGraceMs = 1_000
const betweenSweepsMs = 50

/** Makes each answer that a leaving server begins say that its connection ends, so that no client asks on it again. */
export class Leaving {
  private begun = false

  begin(): void {
    this.begun = true
  }

  /** The answers of a server that may leave: what they say is settled when their head is written, and costs nothing before. */
  responses(): typeof ServerResponse {
    const hasBegun = (): boolean => this.begun
    return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
      override writeHead(...head: readonly unknown[]): this {
        if (hasBegun()) this.shouldKeepAlive = false
        return (super.writeHead as (...head: readonly unknown[]) => this)(...head)
      }
    }
  }
}

/** Resolves when no connection is left: those on which nothing came for the grace are closed, and all of them at the deadline. */
export const drained = async (server: Server, deadlineMs: number, graceMs: number): Promise<void> => {
  // Right after the connections that have come by now were taken: those that still wait for it are reset when the port closes.
  await new Promise((resolve) => { setImmediate(resolve) })
  // The close of an HTTP server cuts idle connections at once, and with them a request that has just been sent on one.
  const closed = new Promise<void>((resolve) => { net.Server.prototype.close.call(server, () => resolve()) })
  let sweep: NodeJS.Timeout | undefined
  const begin = setTimeout(() => {
    server.closeIdleConnections()
    sweep = setInterval(() => server.closeIdleConnections(), betweenSweepsMs)
  }, graceMs)
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs)
  await closed
  for (const timer of [begin, sweep, cut]) clearTimeout(timer)
  // What else an HTTP server keeps ends only with its own close.
  server.close()
}
