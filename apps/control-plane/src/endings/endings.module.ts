import { Module } from '@nestjs/common'
import { InvitesModule } from '../invites/invites.module.js'
import { OrgsModule } from '../orgs/orgs.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { EndAccount } from './end-account.js'
import { EndOrg } from './end-org.js'
import { EndingsConsumer } from './endings.consumer.js'
import { Farewells } from './farewells.js'
import { PeopleRepository } from './people.repository.js'

@Module({ imports: [OrgsModule, RightsModule, InvitesModule], controllers: [EndingsConsumer], providers: [EndOrg, EndAccount, Farewells, PeopleRepository], exports: [EndOrg] })
export class EndingsModule {}
