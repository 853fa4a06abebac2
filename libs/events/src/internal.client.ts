import type { NatsConnection } from '@nats-io/transport-node'
import { type AnswerOf, type AskOf, Problem, type ProblemData, type RequestName, internalPath, internalSubject, isProblemCode, problemFrom, requestSchemas } from '@tenantry/contracts'
import { natsIsThere } from './connection.js'

export interface InternalRules {
  readonly connection: NatsConnection
  readonly identityUrl: string
  readonly controlPlaneUrl: string
  readonly token: string
  readonly deadlineMs?: number
}

/** Asks another service: over NATS, and over HTTP when NATS does not answer. Throws Problem; ServiceUnavailable when nobody answers. */
export type AskInternal = <N extends RequestName>(name: N, ask: AskOf<N>) => Promise<AnswerOf<N>>

export const createInternalClient = (rules: InternalRules): AskInternal => {
  const deadlineMs = rules.deadlineMs ?? 1000
  return async (name, ask) => {
    const said = await overNats(rules, name, ask, deadlineMs) ?? await overHttp(rules, name, ask, 2 * deadlineMs)
    return understood(name, said)
  }
}

const overNats = async (rules: InternalRules, name: RequestName, ask: unknown, timeout: number): Promise<unknown> => {
  if (!natsIsThere(rules.connection)) return undefined
  try {
    return (await rules.connection.request(internalSubject(name), JSON.stringify(ask), { timeout })).json()
  } catch {
    // No responder or no answer in time: the same question goes over HTTP, and that answer is the one that counts.
    return undefined
  }
}

const overHttp = async (rules: InternalRules, name: RequestName, ask: unknown, timeout: number): Promise<unknown> => {
  const base = name.startsWith('identity.') ? rules.identityUrl : rules.controlPlaneUrl
  try {
    const response = await fetch(new URL(internalPath(name), base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${rules.token}` },
      body: JSON.stringify(ask),
      signal: AbortSignal.timeout(timeout),
    })
    if (response.ok) return await response.json()
    throw new Error(`${name} answered ${response.status}`)
  } catch (cause) {
    throw new Problem('ServiceUnavailable', 'A part of the system cannot be reached at the moment; try again shortly.', { cause, retryAfterSeconds: 2 })
  }
}

const understood = <N extends RequestName>(name: N, said: unknown): AnswerOf<N> => {
  const { problem, answer } = said as { problem?: ProblemData; answer?: unknown }
  if (problem && isProblemCode(problem.code)) throw problemFrom(problem)
  return requestSchemas[name].answer.parse(answer) as AnswerOf<N>
}
