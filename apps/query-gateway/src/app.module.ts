import { type DynamicModule, Module } from '@nestjs/common'
import type { Parts } from '@tenantry/assembly'
import { AuthModule } from '@tenantry/auth'
import { TargetsNews } from './targets/targets.news.js'
import { Targets } from './targets/targets.js'

@Module({})
export class AppModule {
  static with(parts: Parts, targets: Targets): DynamicModule {
    return { module: AppModule, imports: [AuthModule.with(parts.gatekeeper)], controllers: [TargetsNews], providers: [{ provide: Targets, useValue: targets }] }
  }
}
