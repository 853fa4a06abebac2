import { type DynamicModule, Module } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { type DeedRules, DeedsInterceptor, deedRules } from './deeds.interceptor.js'
import { OperatorDeeds } from './operator-deeds.js'

export type { DeedRules } from './deeds.interceptor.js'

/** Stands around every handler of an app that has records. */
@Module({})
export class DeedsModule {
  static with(rules: DeedRules): DynamicModule {
    return {
      module: DeedsModule,
      global: true,
      providers: [{ provide: deedRules, useValue: rules }, { provide: APP_INTERCEPTOR, useClass: DeedsInterceptor }, OperatorDeeds],
      exports: [OperatorDeeds],
    }
  }
}
