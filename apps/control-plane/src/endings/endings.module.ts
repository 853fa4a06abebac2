import { Module } from '@nestjs/common'
import { InvitesModule } from '../invites/invites.module.js'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { EndOrg } from './end-org.js'

@Module({ imports: [OrgsModule, RightsModule, InvitesModule], providers: [EndOrg], exports: [EndOrg] })
export class EndingsModule {}
