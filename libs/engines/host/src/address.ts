import type { HostAddress } from './host-link.js'

export interface AddressVariables {
  readonly ENGINE_SOCKET?: string | undefined
  readonly ENGINE_ADDRESS?: string | undefined
  readonly ENGINE_SECRET?: string | undefined
}

/** Where the engine host is: a Unix socket, or host:port with the secret. Undefined when the variables name neither. */
export const hostAddressOf = ({ ENGINE_SOCKET, ENGINE_ADDRESS, ENGINE_SECRET }: AddressVariables): HostAddress | undefined => {
  if (ENGINE_SOCKET) return { socketPath: ENGINE_SOCKET }
  const [, host, port] = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/.exec(ENGINE_ADDRESS ?? '') ?? []
  return host && port && ENGINE_SECRET ? { host, port: Number(port), secret: ENGINE_SECRET } : undefined
}
