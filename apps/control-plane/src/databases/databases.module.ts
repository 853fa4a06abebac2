import { Module } from '@nestjs/common'
import { FeedModule } from '../feed/feed.module.js'
import { OrgsModule } from '../orgs/orgs.module.js'
import { PlacementsModule } from '../placements/placements.module.js'
import { ShapesModule } from '../shapes/shapes.module.js'
import { UsersModule } from '../users/users.module.js'
import { DatabaseMoves } from './database.moves.js'
import { DatabasesConsumer } from './databases.consumer.js'
import { DatabasesRepository } from './databases.repository.js'
import { DatabasesService } from './databases.service.js'
import { DocumentsService } from './documents.service.js'
import { DeedsRepository } from './deeds.repository.js'
import { PowerService } from './power.service.js'
import { RepairService } from './repair.service.js'

@Module({
  imports: [FeedModule, OrgsModule, PlacementsModule, ShapesModule, UsersModule],
  controllers: [DatabasesConsumer],
  providers: [DatabasesRepository, DeedsRepository, DatabaseMoves, DatabasesService, DocumentsService, PowerService, RepairService],
  exports: [DatabasesService, DocumentsService, PowerService, RepairService],
})
export class DatabasesModule {}
