import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { Problem, type ShownFrom } from '@tenantry/contracts'
import { apiKeyPrefix } from './api-key.js'

/** What is read of a request: `node:http`'s own message has both, and so has Fastify's `request.raw`. */
export interface Call {
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came: only here a repeated header can be seen. */
  readonly rawHeaders: readonly string[]
  readonly socket?: { readonly remoteAddress?: string | undefined }
}

export interface Credential {
  readonly kind: 'token' | 'key'
  readonly text: string
}

/**
 * The one credential of a request: `Authorization: Bearer …` in any case, a bare value in `Authorization`, or `X-API-Key`.
 * Undefined when there is none. Throws AmbiguousCredentials for two; nothing in the URL or the body is ever read.
 */
export const readCredential = (call: Call): Credential | undefined => {
  if (isRepeated(call)) throw ambiguous('A credential header was sent more than once; send it once.')
  const bearer = fromAuthorization(call.headers.authorization)
  const key = call.headers['x-api-key']
  if (key === undefined || key === '') return bearer
  const sent: Credential = { kind: 'key', text: String(key).trim() }
  if (bearer && bearer.text !== sent.text) throw ambiguous('Authorization and X-API-Key name different credentials; send one of them.')
  return sent
}

const ambiguous = (message: string): Problem => new Problem('AmbiguousCredentials', message)

const fromAuthorization = (header: string | undefined): Credential | undefined => {
  const value = header?.trim()
  if (!value) return undefined
  const text = /^bearer[ \t]+(.*)$/i.exec(value)?.[1] ?? value
  // What was pasted where a token belongs is still a key when it looks like one.
  return { kind: text.startsWith(apiKeyPrefix) ? 'key' : 'token', text }
}

const mapped = /^::ffff:(?=\d+\.)/i

/** The caller's address: the first of the chain that the edge vouches for, else the other end of the connection. */
export const callerAddress = ({ address, chain }: Pick<ShownFrom, 'address' | 'chain'>): string => {
  // Most requests have no chain, and most addresses nothing to cut: a pattern for either would cost more than all of this.
  const first = chain === '' ? '' : (chain.split(',', 1)[0] ?? '').trim()
  const caller = first !== '' && isIP(first) ? first : address
  return caller.startsWith(':') ? caller.replace(mapped, '') : caller
}

const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/** Where a request came from. What a proxy says of others is not believed here, only noticed. */
export const shownFrom = ({ headers, socket }: Call): ShownFrom => ({
  address: socket?.remoteAddress ?? '',
  chain: String(headers['x-forwarded-for'] ?? ''),
  direct: forwarding.every((name) => headers[name] === undefined),
})

const authorizationLength = 'authorization'.length
const keyHeaderLength = 'x-api-key'.length

/** Whether a credential header came twice. Node keeps the first `Authorization` and says nothing of the second. */
export const isRepeated = ({ rawHeaders }: Call): boolean => {
  let authorizations = 0
  let keys = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    // The length is compared first: this runs for every request.
    if (name.length === authorizationLength && name.toLowerCase() === 'authorization') authorizations++
    else if (name.length === keyHeaderLength && name.toLowerCase() === 'x-api-key') keys++
  }
  return authorizations > 1 || keys > 1
}
