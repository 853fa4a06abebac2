import type { IncomingMessage } from 'node:http'
import { Problem } from '@tenantry/contracts'
import type { Limits } from '../limits.js'

export type ListenerLimits = Pick<Limits,
  'HEADER_BYTES' | 'HEADER_COUNT' | 'URL_BYTES' | 'HEADERS_SECONDS' | 'REQUEST_SECONDS' | 'IMPORT_SECONDS' | 'IDLE_SECONDS' | 'ANSWER_READ_SECONDS' | 'CONNECTIONS' | 'CONNECTIONS_PER_ADDRESS'>

const tooLong = (limits: ListenerLimits): Problem => new Problem('UrlTooLong', `The URL is longer than ${limits.URL_BYTES} bytes.`)
const tooMuch = (limits: ListenerLimits): Problem => new Problem('HeadersTooLarge', `The headers of the request are larger than ${limits.HEADER_BYTES} bytes together.`)
const malformed = (cause?: unknown): Problem => new Problem('MalformedRequest', 'This is not a request that can be read in one way only; check its first line, its headers and the length of its body.', { cause })

const isHost = (name: string): boolean => name.length === 4 && name.toLowerCase() === 'host'

const hostsOf = (rawHeaders: readonly string[]): number => {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (isHost(rawHeaders[at] ?? '')) hosts++
  return hosts
}

/** What is wrong with a request as such, whoever it is meant for. */
export const requestFault = ({ url = '', rawHeaders, httpVersionMinor }: IncomingMessage, limits: ListenerLimits): Problem | undefined => {
  if (url.length > limits.URL_BYTES) return tooLong(limits)
  if (rawHeaders.length > limits.HEADER_COUNT * 2) return new Problem('HeadersTooLarge', `The request has more than ${limits.HEADER_COUNT} headers.`)
  const hosts = hostsOf(rawHeaders)
  return hosts > 1 || (hosts === 0 && httpVersionMinor !== 0) ? malformed() : undefined
}

const firstLineIsLong = (packet: unknown, { URL_BYTES }: ListenerLimits): boolean => {
  if (!Buffer.isBuffer(packet)) return false
  const end = packet.indexOf('\n')
  return /^[A-Z]+ \//.test(packet.toString('latin1', 0, 20)) && (end < 0 ? packet.length : end) > URL_BYTES
}

/** What the parser stumbled over, as a problem; undefined when the connection itself has gone. */
export const parserFault = (error: NodeJS.ErrnoException & { readonly rawPacket?: unknown }, limits: ListenerLimits): Problem | undefined => {
  const { code = '' } = error
  if (code === 'HPE_HEADER_OVERFLOW') return firstLineIsLong(error.rawPacket, limits) ? tooLong(limits) : tooMuch(limits)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem('RequestTooSlow', `The request did not arrive in time: its headers may take ${limits.HEADERS_SECONDS} s, all of it ${limits.REQUEST_SECONDS} s.`)
  }
  return code.startsWith('HPE_') ? malformed(error) : undefined
}
