import { type Environment, aloneConfig, aloneVariables, parseConfig } from '@tenantry/service'
import { z } from 'zod'
import { parseProxies } from './caller-address.js'

/** TRUSTED_PROXIES as every program of ours reads it. */
export const trustedProxies = z.string().default('').transform((text, context) => {
  const list = parseProxies(text)
  if (list) return list
  context.addIssue({ code: 'custom', message: 'must be addresses or networks separated by commas, like 10.0.0.0/8, ::1' })
  return z.NEVER
})

// The proxy speaks plain HTTP: an https address would be asked for what it does not do.
const serviceUrl = () => z.url({ protocol: /^http$/, message: 'must be an http:// address' })

const schema = z.object({
  ...aloneVariables(8080),
  PUBLIC_URL: z.url(),
  IDENTITY_URL: serviceUrl(),
  CONTROL_PLANE_URL: serviceUrl(),
  QUERY_GATEWAY_URL: serviceUrl(),
  /** Asked for its readiness only: it owns no path. */
  PROVISIONER_URL: serviceUrl().optional(),
  TRUSTED_PROXIES: trustedProxies,
}).transform((env) => ({
  ...aloneConfig(env),
  publicUrl: env.PUBLIC_URL,
  urls: { identity: env.IDENTITY_URL, 'control-plane': env.CONTROL_PLANE_URL, 'query-gateway': env.QUERY_GATEWAY_URL },
  provisionerUrl: env.PROVISIONER_URL,
  trustedProxies: env.TRUSTED_PROXIES,
}))

export type EdgeConfig = Readonly<z.infer<typeof schema>>

export const parseEdgeConfig = (env: Environment): EdgeConfig => parseConfig(schema, env)
