import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import type { ControlPlaneConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { DatabasesService } from './databases.service.js'

const batch = 200

/** Asks again, on a timer, for databases that are on their way for too long: a lost event costs seconds and no database. */
@Injectable()
export class DatabasesSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(@Inject(CONFIG) private readonly config: ControlPlaneConfig, private readonly databases: DatabasesService) {}

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
    this.timer = setTimeout(() => { this.running = this.pass() }, this.config.sweepSeconds * 1000)
  }

  private async pass(): Promise<void> {
    // Postgres being away ends this pass and not the next one; requests report it.
    await this.databases.askAgain(this.config.sweepSeconds, batch).catch(() => 0)
    this.next()
  }
}
