import { Module } from '@nestjs/common'
import { DatabasesModule } from '../../databases/databases.module.js'
import { LimitsModule } from '../../limits/limits.module.js'
import { OrgsModule } from '../../orgs/orgs.module.js'
import { ShapesModule } from '../../shapes/shapes.module.js'
import { UsersModule } from '../../users/users.module.js'
import { DatabasesController } from './databases.controller.js'
import { LimitsController } from './limits.controller.js'
import { OrgsController } from './orgs.controller.js'
import { PowerController } from './power.controller.js'
import { ShapesController } from './shapes.controller.js'
import { UsersController } from './users.controller.js'

/** The native API over the features. */
@Module({
  imports: [OrgsModule, UsersModule, ShapesModule, DatabasesModule, LimitsModule],
  controllers: [DatabasesController, PowerController, OrgsController, ShapesController, UsersController, LimitsController],
})
export class FeaturebaseModule {}
