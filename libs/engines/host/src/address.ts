import { z } from 'zod'
import type { HostAddress } from './host-link.js'

/** The variables by which a service finds the engine host: a Unix socket, or host:port with the secret. */
export const engineVariables = {
  ENGINE_SOCKET: z.string().min(1).optional(),
  ENGINE_ADDRESS: z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port').optional(),
  ENGINE_SECRET: z.string().min(16, 'at least 16 characters').optional(),
}

interface EngineValues {
  readonly ENGINE_SOCKET?: string | undefined
  readonly ENGINE_ADDRESS?: string | undefined
  readonly ENGINE_SECRET?: string | undefined
}

/** Reads the address in a schema's transform; where the variables name none, that is an issue of the schema. */
export const engineAddress = (values: EngineValues, context: z.RefinementCtx): HostAddress => {
  const address = addressOf(values)
  if (address) return address
  context.addIssue({ code: 'custom', path: ['ENGINE_SOCKET'], message: 'set it, or ENGINE_ADDRESS with ENGINE_SECRET: the engine host must be reachable' })
  return z.NEVER
}

const addressOf = ({ ENGINE_SOCKET, ENGINE_ADDRESS, ENGINE_SECRET }: EngineValues): HostAddress | undefined => {
  if (ENGINE_SOCKET) return { socketPath: ENGINE_SOCKET }
  const [, host, port] = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/.exec(ENGINE_ADDRESS ?? '') ?? []
  return host && port && ENGINE_SECRET ? { host, port: Number(port), secret: ENGINE_SECRET } : undefined
}
