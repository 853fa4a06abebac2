import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '@tenantry/contracts'
import { type Cors, type Origins, createCors } from './cors.js'
import { hostRule } from './hosts.js'

export interface DoorRules {
  readonly publicUrl?: string | undefined
  readonly corsOrigins?: Origins
  readonly allowedHosts?: readonly string[]
}

export interface Door {
  readonly cors: Cors
  /** What a request is turned away for before anybody looks at its path; undefined when it may come in. */
  refusal(request: IncomingMessage, response: ServerResponse): Problem | undefined
}

const yearSeconds = 31_536_000
const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What is asked of every request that comes in from outside: that it is meant for us, and that its page may ask. */
export const createDoor = ({ publicUrl, corsOrigins = new Set(), allowedHosts = [] }: DoorRules): Door => {
  const judge = hostRule(publicUrl, allowedHosts)
  const cors = createCors(corsOrigins, publicUrl)
  return {
    cors,
    refusal: (request, response) => {
      // HTTP/1.0 knows no Host; such a request comes from no browser.
      const host = judge(request.headers.host ?? 'localhost')
      if (host.isPublic && host.allowed && 'encrypted' in request.socket) response.setHeader('strict-transport-security', `max-age=${yearSeconds}`)
      if (!host.allowed) return new Problem('InvalidParameter', 'This server is not known by the name in the Host header; ask it by the name of its PUBLIC_URL, or have the operator add the name to ALLOWED_HOSTS.')
      const caller = cors.greet(request, response)
      // A page elsewhere cannot read what it is not allowed to, but without this it could act: no answer is needed for that.
      if (caller === 'foreign' && !reading.has(request.method ?? 'GET')) return foreign()
      return undefined
    },
  }
}

export const foreign = (): Problem => new Problem('Forbidden', 'Pages of this origin may not call this server; have the operator add the origin to CORS_ORIGINS.')
