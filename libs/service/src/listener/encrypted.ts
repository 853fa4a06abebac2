import type http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions, TLSSocket } from 'node:tls'
import { Problem, type ProblemWire } from '@tenantry/contracts'
import type { Listener } from './open-server.js'
import { refuseConnection } from './refusal.js'

/** A certificate, with those that vouch for it behind it, and its key; both in PEM form. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** A certificate that is there for as long as the process lives: renewed or read again in time. */
export interface Certificate {
  readonly current: () => Pair
  /** The certificate that clients are told to trust, when the authority is our own. */
  readonly authorityFile: string | undefined
  /** Calls `use` with each pair that takes the place of the current one. */
  onChange(use: (pair: Pair) => void): void
  stop(): Promise<void>
}

// Those that keep an old recording unreadable when the key is lost later, and authenticate what they encrypt.
const ciphers = [
  'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

const handshakeMs = 10_000

const contextOf = ({ cert, key }: Pair): SecureContextOptions => ({ cert, key, ciphers, minVersion: 'TLSv1.2' })

/** Makes a server that ends TLS. A new certificate serves the connections that come after it; those that are open stay. */
export const encryptedServer = (certificate: Certificate, options: http.ServerOptions, listener: Listener, wire: ProblemWire): http.Server => {
  const server = https.createServer({ ...contextOf(certificate.current()), ALPNProtocols: ['http/1.1'], handshakeTimeout: handshakeMs, ...options }, listener)
  certificate.onChange((pair) => server.setSecureContext(contextOf(pair)))
  // A client that speaks HTTP without TLS is told so, on the connection below the one that never came to be.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket & { readonly _parent?: Socket }) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST' && socket._parent?.writable) refuseConnection(socket._parent, notEncrypted(), wire)
  })
  // Both kinds of server listen, close and count connections alike; only their ancestors differ.
  return server as unknown as http.Server
}

const notEncrypted = (): Problem => new Problem('MalformedRequest', 'This port speaks HTTPS: begin the address with https://.')
