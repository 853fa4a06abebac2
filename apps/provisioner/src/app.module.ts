import { type DynamicModule, Module } from '@nestjs/common'
import { CredentialsModule } from './credentials/credentials.module.js'
import { type Given, PlatformModule } from './platform/platform.module.js'
import { ReconcileModule } from './reconcile/reconcile.module.js'

@Module({})
export class AppModule {
  static with(given: Given): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(given), ReconcileModule, CredentialsModule] }
  }
}
