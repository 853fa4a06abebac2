import { type Environment, aloneConfig, aloneVariables, parseConfig } from '@tenantry/service'
import { z } from 'zod'
import { checkDoor, doorConfig, doorVariables } from './door.variables.js'

// The proxy speaks plain HTTP: an https address would be asked for what it does not do.
const serviceUrl = z.url({ protocol: /^http$/, message: 'must be an http:// address, or several with commas between' })
/** Where the processes of one service are: any of them may be asked. */
const serviceUrls = () => z.string().transform((text) => text.split(',').map((url) => url.trim())).pipe(z.array(serviceUrl).min(1).max(64))

const schema = z.object({
  ...aloneVariables(8080),
  ...doorVariables,
  IDENTITY_URL: serviceUrls(),
  CONTROL_PLANE_URL: serviceUrls(),
  QUERY_GATEWAY_URL: serviceUrls(),
  /** Asked for its readiness only: it owns no path. */
  PROVISIONER_URL: serviceUrls().optional(),
}).superRefine((env, context) => {
  checkDoor(env, context)
  if (env.PUBLIC_URL === undefined) context.addIssue({ code: 'custom', path: ['PUBLIC_URL'], message: 'must say how the world reaches this installation, as the services have it' })
}).transform(({ PUBLIC_URL = '', ...env }) => ({
  ...aloneConfig(env),
  ...doorConfig({ ...env, PUBLIC_URL }),
  publicUrl: PUBLIC_URL,
  urls: { identity: env.IDENTITY_URL, 'control-plane': env.CONTROL_PLANE_URL, 'query-gateway': env.QUERY_GATEWAY_URL },
  provisionerUrls: env.PROVISIONER_URL,
}))

export type EdgeConfig = Readonly<z.infer<typeof schema>>

export const parseEdgeConfig = (env: Environment): EdgeConfig => parseConfig(schema, env)
