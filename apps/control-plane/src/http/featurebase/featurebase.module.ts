import { Module } from '@nestjs/common'
import { AccountsModule } from '../../accounts/accounts.module.js'
import { AuditModule } from '../../audit/audit.module.js'
import { CredentialsModule } from '../../credentials/credentials.module.js'
import { DatabasesModule } from '../../databases/databases.module.js'
import { EndingsModule } from '../../endings/endings.module.js'
import { InvitesModule } from '../../invites/invites.module.js'
import { LimitsModule } from '../../limits/limits.module.js'
import { OrgsModule } from '../../orgs/orgs.module.js'
import { RolesModule } from '../../roles/roles.module.js'
import { ShapesModule } from '../../shapes/shapes.module.js'
import { UsersModule } from '../../users/users.module.js'
import { AuditController } from './audit.controller.js'
import { CredentialsController } from './credentials.controller.js'
import { DatabasesController } from './databases.controller.js'
import { DocumentsController } from './documents.controller.js'
import { InvitesController } from './invites.controller.js'
import { LimitsController } from './limits.controller.js'
import { OrgSqlController } from './org-sql.controller.js'
import { OrgsController } from './orgs.controller.js'
import { PowerController } from './power.controller.js'
import { RolesController } from './roles.controller.js'
import { ShapesController } from './shapes.controller.js'
import { UsersController } from './users.controller.js'

/** The native API over the features. */
@Module({
  imports: [OrgsModule, AccountsModule, UsersModule, InvitesModule, EndingsModule, RolesModule, ShapesModule, DatabasesModule, CredentialsModule, LimitsModule, AuditModule],
  controllers: [DatabasesController, OrgSqlController, PowerController, CredentialsController, DocumentsController, OrgsController, ShapesController, UsersController, InvitesController, RolesController, LimitsController, AuditController],
})
export class FeaturebaseModule {}
