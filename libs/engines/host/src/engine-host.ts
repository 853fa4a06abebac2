import type { EmbeddedEngineName } from '@tenantry/contracts'
import { databaseKey, languagesOf } from '@tenantry/engines-contract'
import type { DatabaseAt, Engine, FromHost, LifecycleCall, LifecyclePort, MetricsPort, Observed, QueryLanguage, QueryPort, StoredDatabase, Target } from '@tenantry/engines-contract'
import { embeddedEngineOf } from './embedded.js'
import { HostLink } from './host-link.js'
import type { HostAddress, HostAsk } from './host-link.js'
import { idsFrom } from './ids.js'
import { Runs } from './runs.js'
import { engineAway } from './waiting-run.js'

export type ConnectOptions = HostAddress & {
  /** How long a call waits for a host that is away before it answers EngineUnavailable. */
  readonly waitMs?: number
  /** How long the host may take for a call of its own. */
  readonly callMs?: number
}

/** The embedded engines, wherever their host runs. */
export interface EngineHost {
  engine(name: EmbeddedEngineName): Engine
  /** What exists on disk in the order of ids, at least `limit` generations unless there are no more: for an auditor. */
  list(after: string, limit: number, signal?: AbortSignal): Promise<readonly StoredDatabase[]>
  /** Whether the host can be asked at this moment. */
  ready(): boolean
  /** Refuses what still waits and closes the connections. */
  close(): void
}

const atOf = (target: Target): DatabaseAt => ({
  database: target.databaseId, generation: target.generation, engine: embeddedEngineOf(target), storageBytes: target.limits.storageBytes,
})

/** Connects to a host, now and again whenever the connection is lost. */
export const connectEngineHost = (options: ConnectOptions): EngineHost => {
  const { waitMs = 800, callMs = 15_000 } = options
  // Answers to calls and to runs that the host passes on come over one connection: an id names one of either.
  const newId = idsFrom(1, (id) => runs.isTaken(id) || host.has(id))
  const runs: Runs = new Runs(() => host, newId)
  const host: HostLink = new HostLink(options, waitMs, newId, {
    welcome: (welcome) => runs.welcome(welcome),
    push: (message, payload) => runs.push(message, payload),
    lost: () => runs.hostLost(),
  })
  const call = (ask: HostAsk, signal?: AbortSignal): Promise<FromHost> => {
    const deadline = AbortSignal.timeout(callMs)
    return host.call(ask, signal ? AbortSignal.any([signal, deadline]) : deadline)
  }
  const lifecycle = async (type: LifecycleCall, target: Target, signal: AbortSignal): Promise<Observed | undefined> => {
    if (type === 'stop' || type === 'remove') runs.forget(databaseKey(target.databaseId, target.generation))
    const answer = await call({ type, ...atOf(target) }, signal)
    if (answer.type !== 'done') throw engineAway()
    return answer.observed
  }
  const effect = (type: LifecycleCall) => async (target: Target, signal: AbortSignal): Promise<void> => {
    await lifecycle(type, target, signal)
  }
  const port: LifecyclePort = {
    observe: async (target, signal) => {
      const observed = await lifecycle('observe', target, signal)
      if (observed === undefined) throw engineAway()
      return observed
    },
    ensure: effect('ensure'), stop: effect('stop'), start: effect('start'),
    remove: effect('remove'), restore: effect('restore'), purge: effect('purge'),
  }
  const speaking = (language: QueryLanguage): QueryPort => ({ run: (target, ask, gone) => runs.run(target, language, ask, gone) })
  const ports: Readonly<Record<QueryLanguage, QueryPort>> = { sql: speaking('sql'), pql: speaking('pql'), schema: speaking('schema'), import: speaking('import'), graphql: speaking('graphql'), changes: speaking('changes') }
  const portsOf = (name: EmbeddedEngineName): Pick<Engine, QueryLanguage> => Object.fromEntries(languagesOf[name].map((language) => [language, ports[language]]))
  const metrics: MetricsPort = {
    async sizeBytes(target, signal) {
      const answer = await call({ type: 'measure', ...atOf(target) }, signal)
      if (answer.type !== 'measured') throw engineAway()
      return answer.bytes
    },
  }
  return {
    engine: (name) => ({ name, lifecycle: port, metrics, ...portsOf(name) }),
    async list(after, limit, signal) {
      const answer = await call({ type: 'list', after, limit }, signal)
      if (answer.type !== 'listed') throw engineAway()
      return answer.databases
    },
    ready: () => host.ready,
    close() {
      host.close()
      runs.close()
    },
  }
}
