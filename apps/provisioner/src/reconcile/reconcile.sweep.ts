import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import type { Logger } from '@tenantry/service'
import type { ProvisionerConfig } from '../config.js'
import { InstancesRepository } from '../instances/instances.repository.js'
import { CONFIG, LOGGER } from '../platform/platform.module.js'
import { ReconcileService } from './reconcile.service.js'

const tickMs = 250
const batch = 50

/** Tries again what is due, and ends what was deleted long ago: a bounded number a pass, whatever has piled up. */
@Injectable()
export class ReconcileSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopped = false
  private purgedAt = 0

  constructor(@Inject(CONFIG) private readonly config: ProvisionerConfig, @Inject(LOGGER) private readonly logger: Logger,
    private readonly instances: InstancesRepository, private readonly reconcile: ReconcileService) {}

  onApplicationBootstrap(): void {
    this.next()
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
  }

  private next(): void {
    if (this.stopped) return
    this.timer = setTimeout(() => { this.running = this.pass().then(() => this.next()) }, tickMs)
  }

  private async pass(): Promise<void> {
    try {
      for (const id of await this.instances.due(batch)) if (!this.stopped) await this.reconcile.run(id)
      await this.purge()
    } catch (error) {
      this.logger.warn({ error }, 'a pass of the sweep ended early')
    }
  }

  private async purge(): Promise<void> {
    if (Date.now() - this.purgedAt < this.config.sweepSeconds * 1000) return
    this.purgedAt = Date.now()
    for (const id of await this.instances.removedLongAgo(this.config.undeleteDays, batch)) if (!this.stopped) await this.reconcile.purge(id)
  }
}
