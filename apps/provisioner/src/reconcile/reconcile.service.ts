import { Inject, Injectable } from '@nestjs/common'
import { type DatabaseFact, type DatabaseId, type Desired, type EngineName, type EventFacts, Problem } from '@tenantry/contracts'
import type { Engine, LifecyclePort, Observed } from '@tenantry/engines-contract'
import { Outbox, mostFailures } from '@tenantry/events'
import { inTransaction, storageProblem } from '@tenantry/persistence'
import type { Logger } from '@tenantry/service'
import { DataSource, type EntityManager } from 'typeorm'
import type { ProvisionerConfig } from '../config.js'
import { type Instance, targetOf } from '../instances/instance.entity.js'
import { InstancesRepository } from '../instances/instances.repository.js'
import { CONFIG, ENGINES, LOGGER } from '../platform/platform.module.js'
import { type Step, factOf, nextStep } from './next-step.js'

/** A try that failed, and what was wished when it did. */
export interface Failure {
  readonly instance: Instance
  readonly error: unknown
}

/** Those that this installation has. */
export type Engines = Readonly<Partial<Record<EngineName, Engine>>>

// A wish is at most three steps away: bring back, then start, then see that it is done.
const mostSteps = 4
const effectSeconds = 10
const backoffSeconds = [0.2, 0.5, 1, 2, 5, 10] as const

/** Brings databases to what is wished of them. Each effect is named by (database, generation) and may run twice. */
@Injectable()
export class ReconcileService {
  constructor(@Inject(CONFIG) private readonly config: ProvisionerConfig, @Inject(ENGINES) private readonly engines: Engines,
    @Inject(LOGGER) private readonly logger: Logger, private readonly source: DataSource, private readonly instances: InstancesRepository,
    private readonly outbox: Outbox) {}

  /**
   * Takes a wish and, in the same transaction, goes the steps to it: what is quick is told once, when it is done. The event
   * that brought the wish comes again if this process dies on the way, and every effect may run twice.
   */
  async take(tx: EntityManager, desired: Desired): Promise<Failure | undefined> {
    // An older wish than the one known changes nothing.
    const instance = await this.instances.wish(tx, desired)
    return instance && await this.goOn(tx, instance)
  }

  /** Goes the steps that are left. What fails is written down with the time of the next try; nothing is thrown for it. */
  async run(id: DatabaseId): Promise<void> {
    await this.postpone(await inTransaction(this.source, async (tx) => {
      const instance = await this.instances.lock(tx, id)
      return instance && await this.goOn(tx, instance)
    }))
  }

  async runDue(limit: number): Promise<void> {
    for (const id of await this.instances.due(limit)) await this.run(id)
  }

  async purgeOld(days: number, limit: number): Promise<void> {
    for (const id of await this.instances.removedLongAgo(days, limit)) await this.purge(id)
  }

  private async purge(id: DatabaseId): Promise<void> {
    await inTransaction(this.source, async (tx) => {
      const instance = await this.instances.lock(tx, id)
      if (!instance || instance.present || !instance.settled || instance.purgedAt) return
      await this.lifecycle(instance).purge(targetOf(instance), AbortSignal.timeout(effectSeconds * 1000))
      await this.instances.update(tx, id, { purgedAt: new Date() })
      this.outbox.append(tx, 'provisioner.database.purged', { databaseId: id, orgId: instance.orgId, generation: instance.generation })
    })
  }

  /** The row is locked and stays so through the effect: the wish cannot change between the look and the deed. */
  private async goOn(tx: EntityManager, instance: Instance): Promise<Failure | undefined> {
    if (instance.settled) return undefined
    try {
      await this.goTo(tx, instance)
      return undefined
    } catch (error) {
      // Postgres itself failed: this transaction is over, and whoever called tries again.
      if (storageProblem(error)) throw error
      return { instance, error }
    }
  }

  private async goTo(tx: EntityManager, instance: Instance): Promise<void> {
    const lifecycle = this.lifecycle(instance)
    const signal = AbortSignal.timeout(effectSeconds * 1000)
    const look = (): Promise<Observed> => lifecycle.observe(targetOf(instance), signal)
    // Of data that was never seen there is nothing, or what a try that was cut off has made: making it finds that out by itself.
    let seen: Observed = instance.bornVersion === null && instance.attempts === 0 && instance.present ? 'absent' : await look()
    for (let steps = 0; steps < mostSteps; steps++) {
      const step = nextStep(instance, seen)
      if (step === 'ensure' && instance.bornVersion !== null) throw new Problem('EngineUnavailable', 'The data of this database is not where it was; nothing is made in its place.')
      if (step === 'done') return await this.settle(tx, instance)
      if (step === 'lost') return await this.giveUp(tx, instance, 'The data of this generation was purged.')
      await effects[step](lifecycle, instance, signal)
      seen = outcomes[step] ?? await look()
    }
    throw new Error(`Database ${instance.databaseId} is not at rest after ${mostSteps} steps.`)
  }

  private async settle(tx: EntityManager, instance: Instance): Promise<void> {
    const bornVersion = instance.bornVersion ?? instance.version
    await this.instances.update(tx, instance.databaseId, {
      settled: true, attempts: 0, reason: null, bornVersion, removedAt: instance.present ? null : (instance.removedAt ?? new Date()),
    })
    this.tell(tx, instance, factOf(instance, bornVersion))
  }

  private async giveUp(tx: EntityManager, instance: Instance, reason: string): Promise<void> {
    await this.instances.update(tx, instance.databaseId, { settled: true, reason })
    this.tell(tx, instance, 'failed', reason)
  }

  /** Writes a failure down: the time of the next try, or that there will be none. */
  async postpone(failure: Failure | undefined): Promise<void> {
    if (!failure) return
    const { instance: planned, error } = failure
    const known = error instanceof Problem && error.mayPass
    this.logger[known ? 'warn' : 'error']({ error, databaseId: planned.databaseId, generation: planned.generation }, 'a database could not be brought to its wish')
    await inTransaction(this.source, async (tx) => {
      const instance = await this.instances.lock(tx, planned.databaseId)
      if (!instance || instance.settled || instance.version !== planned.version) return
      // It takes longer than a moment, so the world is told that somebody works on it.
      if (instance.reason === null) this.tell(tx, instance, instance.present ? 'claimed' : 'deprovisionBegan')
      const attempts = instance.attempts + (known ? 0 : 1)
      const waitedSeconds = (Date.now() - instance.wishedAt.getTime()) / 1000
      // A deletion is never given up: there would be nobody to end the data.
      if (instance.present && (attempts >= mostFailures || waitedSeconds > this.config.patienceSeconds)) return await this.giveUp(tx, instance, reasonOf(error))
      const wait = backoffSeconds[Math.min(known ? Math.floor(waitedSeconds) : attempts, backoffSeconds.length - 1)] ?? 10
      await this.instances.update(tx, instance.databaseId, { attempts, reason: reasonOf(error), tryAt: new Date(Date.now() + wait * 1000) })
    })
  }

  private lifecycle(instance: Instance): LifecyclePort {
    const engine = this.engines[instance.engine]
    if (!engine) throw new Problem('EngineUnavailable', `The servers of ${instance.engine} databases are not known to this provisioner.`, { retryAfterSeconds: 10 })
    return engine.lifecycle
  }

  private tell(tx: EntityManager, about: Pick<Desired, 'databaseId' | 'orgId' | 'generation' | 'version'>, fact: DatabaseFact, reason?: string): void {
    const { databaseId, orgId, generation, version } = about
    const facts: EventFacts<'provisioner.database.seen'> = { databaseId, orgId, generation, version, fact, ...(reason !== undefined && { reason }) }
    this.outbox.append(tx, 'provisioner.database.seen', facts)
  }
}

type Effect = (lifecycle: LifecyclePort, instance: Instance, signal: AbortSignal) => Promise<void>

const effects: Readonly<Record<Exclude<Step, 'done' | 'lost'>, Effect>> = {
  ensure: (lifecycle, instance, signal) => lifecycle.ensure(targetOf(instance), signal),
  start: (lifecycle, instance, signal) => lifecycle.start(targetOf(instance), signal),
  stop: (lifecycle, instance, signal) => lifecycle.stop(targetOf(instance), signal),
  remove: (lifecycle, instance, signal) => lifecycle.remove(targetOf(instance), signal),
  restore: (lifecycle, instance, signal) => lifecycle.restore(targetOf(instance), signal),
}

/** What an effect that succeeded has brought about; after the others one has to look. */
const outcomes: Readonly<Partial<Record<Step, Observed>>> = { ensure: 'running', start: 'running', stop: 'stopped', remove: 'removed' }

const reasonOf = (error: unknown): string =>
  (error instanceof Problem ? error.message : 'Something unforeseen went wrong; the log of the provisioner tells what.').slice(0, 500)
