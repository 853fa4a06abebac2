import { Module } from '@nestjs/common'
import { KeysModule } from '../../keys/keys.module.js'
import { SessionsModule } from '../../sessions/sessions.module.js'
import { TokensModule } from '../../tokens/tokens.module.js'
import { RecoveryModule } from '../../recovery/recovery.module.js'
import { KeysController } from './keys.controller.js'
import { LoginController } from './login.controller.js'
import { RecoveryController } from './recovery.controller.js'
import { WellKnownController } from './well-known.controller.js'

/** The native API over the features. */
@Module({ imports: [SessionsModule, TokensModule, KeysModule, RecoveryModule], controllers: [LoginController, RecoveryController, WellKnownController, KeysController] })
export class FeaturebaseModule {}
