import { type AccountFacts, type KeyId, KeyIdSchema, type OrgId, Problem, type ProblemCode, type ShownFrom, type UserId } from '@tenantry/contracts'
import { type AskInternal, type NatsConnection, natsIsThere } from '@tenantry/events'
import { z } from 'zod'
import type { GatekeeperPorts } from './gatekeeper.js'
import { resting } from './resting.js'
import type { PublicJwks } from './verification-keys.js'

/** Core NATS, at most once. It stands outside the streams' subjects, which would keep it. */
export const keysUsedSubject = 'usage.identity.keys'
export const KeysUsedSchema = z.array(KeyIdSchema).max(1000)

export interface RemoteRules {
  readonly ask: AskInternal
  readonly identityUrl: string
  readonly connection?: NatsConnection
  readonly deadlineMs?: number
}

/** The ports of a gatekeeper outside identity: internal calls, and the public keys over HTTP. */
export const remotePorts = ({ ask, identityUrl, connection, deadlineMs = 2000 }: RemoteRules): GatekeeperPorts => ({
  jwks: () => fetchJwks(new URL('/.well-known/jwks.json', identityUrl), deadlineMs),
  verifyKey: verifyKeyBy(ask),
  rights: resting((orgId: OrgId, userId: UserId, account: AccountFacts) =>
    unless(ask('control.rights.find', { orgId, userId, account }), ['UserNotFound', 'OrgNotFound', 'InvalidCredentials', 'Forbidden'])),
  revocationsSince: (seq) => ask('identity.revocations.since', { seq }),
  ...(connection && { keysUsed: (ids: readonly KeyId[]) => tellKeysUsed(connection, ids), newsArrives: () => natsIsThere(connection) }),
})

/** That one caller has shown too many keys that are none is an answer too: it keeps nobody else from asking. */
const verifyKeyBy = (ask: AskInternal): GatekeeperPorts['verifyKey'] => {
  const rested = resting((digest: string, from: ShownFrom) => unless(ask('identity.key.verify', { digest, from }).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'TooManyRequests') return error
    throw error
  }), ['KeyNotFound', 'InvalidCredentials']))
  return async (digest, from) => {
    const said = await rested(digest, from)
    if (said instanceof Problem) throw said
    return said
  }
}

/** Undefined for the refusals that mean "there is none". Whatever else is refused between services is nothing the caller did. */
const unless = async <T>(asked: Promise<T>, absent: readonly ProblemCode[]): Promise<T | undefined> => {
  try {
    return await asked
  } catch (cause) {
    if (cause instanceof Problem && absent.includes(cause.code)) return undefined
    throw unavailable(cause)
  }
}

const unavailable = (cause: unknown): Problem => cause instanceof Problem && cause.kind === 'unavailable' ? cause
  : new Problem('ServiceUnavailable', 'Credentials cannot be checked at the moment; try again shortly.', { cause, retryAfterSeconds: 2 })

const JwkSchema = z.object({
  kty: z.string(), kid: z.string(), n: z.string().optional(), e: z.string().optional(), alg: z.string().optional(), use: z.string().optional(),
})
const JwksSchema = z.object({ keys: z.array(JwkSchema).max(100) })

const fetchJwks = async (url: URL, deadlineMs: number): Promise<PublicJwks> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' })
    if (!response.ok) throw new Error(`${url.href} answered ${response.status}`)
    return JwksSchema.parse(await response.json())
  } catch (cause) {
    throw unavailable(cause)
  }
}

const tellKeysUsed = (connection: NatsConnection, ids: readonly KeyId[]): void => {
  if (!natsIsThere(connection)) return
  for (let at = 0; at < ids.length; at += 1000) connection.publish(keysUsedSubject, JSON.stringify(ids.slice(at, at + 1000)))
}
