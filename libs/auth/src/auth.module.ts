import { type DynamicModule, Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import type { Gatekeeper } from './gatekeeper.js'
import { AuthGuard, gatekeeperToken } from './guard.js'
import { AuthNews } from './news.js'

/** Guards every route of an app with one gatekeeper, keeps it informed, and starts and stops it with the app. */
@Module({})
export class AuthModule implements OnModuleInit, OnModuleDestroy {
  constructor(@Inject(gatekeeperToken) private readonly gatekeeper: Gatekeeper) {}

  static with(gatekeeper: Gatekeeper): DynamicModule {
    const provided = { provide: gatekeeperToken, useValue: gatekeeper }
    return { module: AuthModule, global: true, controllers: [AuthNews], providers: [provided, { provide: APP_GUARD, useClass: AuthGuard }], exports: [provided] }
  }

  onModuleInit(): void {
    this.gatekeeper.start()
  }

  async onModuleDestroy(): Promise<void> {
    await this.gatekeeper.stop()
  }
}
