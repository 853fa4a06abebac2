import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '@tenantry/contracts'
import { holderOf, isLoopback } from '../addresses.js'
import { unlessSet } from '../limits.js'
import type { ListenerLimits } from './fault.js'

/** Whether an address speaks for others, so that its connections are not one caller's. */
export type IsProxy = (address: string) => boolean

/**
 * Counts open connections, of each address and in all. A trusted proxy is bounded only in all, since the world comes by it; so is
 * this machine itself unless the bound was set: a proxy on it that nobody told us of would otherwise shut the world out.
 */
export class Connections {
  private readonly held = new Map<string, number>()
  private open = 0

  constructor(private readonly limits: ListenerLimits, private readonly isProxy: IsProxy) {}

  /** Counts a connection until it closes; when it cannot stay, says why instead. */
  enter(socket: Socket): Problem | undefined {
    const address = socket.remoteAddress ?? ''
    const holder = this.isFree(address) ? undefined : holderOf(address)
    const held = holder === undefined ? 0 : this.held.get(holder) ?? 0
    if (this.open >= this.limits.CONNECTIONS) return new Problem('ServiceUnavailable', 'Too many connections are open here; try again shortly.', { retryAfterSeconds: 1 })
    if (held >= this.perAddress) return new Problem('TooManyConnections', `Your address has ${held} connections open, and may have no more; use one of those.`, { retryAfterSeconds: 1 })
    this.open++
    if (holder !== undefined) this.held.set(holder, held + 1)
    socket.once('close', () => this.leave(holder))
    return undefined
  }

  private get perAddress(): number {
    return this.limits.CONNECTIONS_PER_ADDRESS ?? unlessSet.CONNECTIONS_PER_ADDRESS
  }

  private isFree(address: string): boolean {
    return this.isProxy(address) || (this.limits.CONNECTIONS_PER_ADDRESS === undefined && isLoopback(address))
  }

  private leave(holder: string | undefined): void {
    this.open--
    if (holder === undefined) return
    const left = (this.held.get(holder) ?? 1) - 1
    if (left > 0) this.held.set(holder, left)
    else this.held.delete(holder)
  }
}

const lookMs = 500

/** Cuts connections whose client has left bytes of its answers untaken for too long, however slowly it takes some. */
export const cutSlowReaders = (server: Server, event: 'connection' | 'secureConnection', seconds: number): void => {
  const behindSince = new Map<Socket, number>()
  server.on(event, (socket: Socket) => {
    behindSince.set(socket, 0)
    socket.once('close', () => behindSince.delete(socket))
  })
  const look = setInterval(() => {
    const now = performance.now()
    for (const [socket, since] of behindSince) {
      if (socket.writableLength === 0) {
        if (since !== 0) behindSince.set(socket, 0)
      } else if (since === 0) behindSince.set(socket, now)
      else if (now - since > seconds * 1_000) socket.destroy()
    }
  }, lookMs)
  look.unref()
  server.once('close', () => clearInterval(look))
}
