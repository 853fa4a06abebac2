import { Module } from '@nestjs/common'
import { KeysModule } from '../../keys/keys.module.js'
import { SessionsModule } from '../../sessions/sessions.module.js'
import { TokensModule } from '../../tokens/tokens.module.js'
import { KeysController } from './keys.controller.js'
import { LoginController } from './login.controller.js'
import { WellKnownController } from './well-known.controller.js'

/** The native API over the features. */
@Module({ imports: [SessionsModule, TokensModule, KeysModule], controllers: [LoginController, WellKnownController, KeysController] })
export class FeaturebaseModule {}
