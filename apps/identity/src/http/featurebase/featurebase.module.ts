import { Module } from '@nestjs/common'
import { InvitesModule } from '../../invites/invites.module.js'
import { KeysModule } from '../../keys/keys.module.js'
import { LeavingModule } from '../../leaving/leaving.module.js'
import { SessionsModule } from '../../sessions/sessions.module.js'
import { TokensModule } from '../../tokens/tokens.module.js'
import { RecoveryModule } from '../../recovery/recovery.module.js'
import { InvitesController } from './invites.controller.js'
import { KeysController } from './keys.controller.js'
import { LeavingController } from './leaving.controller.js'
import { LoginController } from './login.controller.js'
import { RecoveryController } from './recovery.controller.js'
import { WellKnownController } from './well-known.controller.js'

/** The native API over the features. */
@Module({ imports: [SessionsModule, TokensModule, KeysModule, RecoveryModule, InvitesModule, LeavingModule], controllers: [LoginController, RecoveryController, InvitesController, LeavingController, WellKnownController, KeysController] })
export class FeaturebaseModule {}
