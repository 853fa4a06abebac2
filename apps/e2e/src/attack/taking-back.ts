import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Api, type Ask, expectStatus, speakTo } from '../story/api.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import type { Services } from '../story/services.js'
import { until } from '../story/until.js'

export const kinds = ['key', 'session', 'user'] as const
export type Kind = (typeof kinds)[number]

/** Something that proves who somebody is, and how it is taken back. */
export interface Proof {
  readonly kind: Kind
  readonly credential: Ask
  takeBack(): Promise<void>
}

interface Door {
  readonly name: string
  /** Undefined when it cannot say at the moment, which is neither. */
  admits(credential: Ask): Promise<boolean | undefined>
}

export interface Stage {
  /** A new proof, which every service has admitted before. */
  prepare(kind: Kind): Promise<Proof>
  /** Milliseconds of the machine's clock from the answer that it was taken back until the last service has refused it, and refuses it again. */
  measure(proof: Proof, everyMs: number): Promise<number>
  close(): Promise<void>
}

const patienceMs = 20_000

/** The services as somebody sees them who takes things back, each asked behind the edge's back. */
export const setStage = async (services: Services, clock: { now(): number }): Promise<Stage> => {
  const [identity, controlPlane, gateway] = [speakTo(services.direct('identity')), speakTo(services.direct('control-plane')), speakTo(services.direct('query-gateway'))]
  const records = new pg.Pool({ connectionString: services.environment('control-plane')['DATABASE_URL'], options: '-c search_path=control_plane', max: 2, statement_timeout: 10_000 })
  const heir = await signUp(identity)
  expectStatus(200, await controlPlane('GET', '/v2/users/current', heir))
  const doors: readonly Door[] = [
    { name: 'identity', admits: (credential) => admits(identity('GET', '/v2/users/current/keys'.replace('current', heir.userId), credential), 404) },
    { name: 'control-plane', admits: (credential) => admits(controlPlane('GET', '/v2/users/current', credential), 200) },
    { name: 'query-gateway', admits: (credential) => admits(gateway('POST', `/v2/databases/${randomUUID()}/query/sql`, { ...credential, text: 'select 1' }), 404) },
  ]
  const admits = async (asked: ReturnType<Api>, status: number): Promise<boolean | undefined> => {
    const answer = await asked
    if (answer.status === 503) return undefined
    if (answer.status !== 401) expectStatus(status, answer)
    return answer.status === status
  }
  const order = async (person: Person, status: string): Promise<void> => {
    const token = services.environment('control-plane')['INTERNAL_TOKEN'] ?? ''
    const answer = await controlPlane('POST', '/internal/control.member.move', { token, json: { org_id: person.orgId, user_id: person.userId, status, by: heir.userId } })
    if (answer.text !== '{"answer":null}') throw new Error(`The member was not moved: ${answer.text}`)
  }
  const proofs: Readonly<Record<Kind, (person: Person) => Promise<Proof>>> = {
    key: async (person) => {
      const { id, secret } = await createKey(identity, person)
      const takeBack = async (): Promise<void> => expectStatus(202, await identity('PUT', `/v2/users/${person.userId}/keys/${id}`, { token: person.token, json: { status: 'REVOKED' } }))
      return { kind: 'key', credential: { key: secret }, takeBack }
    },
    session: async (person) => {
      const token = await logIn(identity, person)
      return { kind: 'session', credential: { token }, takeBack: async () => expectStatus(200, await identity('POST', '/id/logout', { token })) }
    },
    user: async (person) => {
      expectStatus(200, await controlPlane('GET', '/v2/users/current', person))
      // The last owner of an org stays, so there is another one.
      await records.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, 'owner', 'Active', $2)`, [person.orgId, heir.userId])
      return { kind: 'user', credential: { token: person.token }, takeBack: () => order(person, 'Deactivated') }
    },
  }
  return {
    prepare: async (kind) => {
      const proof = await proofs[kind](await signUp(identity))
      for (const door of doors) {
        let isAdmitted: boolean | undefined
        await until(`${door.name} can say`, async () => { isAdmitted = await door.admits(proof.credential); return isAdmitted !== undefined }, 30)
        if (!isAdmitted) throw new Error(`${door.name} does not admit a good ${kind}.`)
      }
      return proof
    },
    measure: async ({ kind, credential, takeBack }, everyMs) => {
      await takeBack()
      const began = clock.now()
      const refusedBy = async ({ name, admits: admitted }: Door): Promise<number> => {
        for (let asked = clock.now(); ; asked = clock.now()) {
          if (await admitted(credential) === false) return asked - began
          if (asked - began > patienceMs) throw new Error(`${name} admits a ${kind} that was taken back ${patienceMs} ms ago.`)
          await delay(everyMs)
        }
      }
      const slowest = Math.max(...await Promise.all(doors.map(refusedBy)))
      for (const door of doors) if (await door.admits(credential)) throw new Error(`${door.name} admits a ${kind} again that it had refused.`)
      return slowest
    },
    close: () => records.end(),
  }
}
