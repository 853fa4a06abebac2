import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { ShapesModule } from '../shapes/shapes.module.js'
import { UsersModule } from '../users/users.module.js'
import { DatabasesConsumer } from './databases.consumer.js'
import { DatabasesRepository } from './databases.repository.js'
import { DatabasesService } from './databases.service.js'

@Module({
  imports: [OrgsModule, ShapesModule, UsersModule],
  controllers: [DatabasesConsumer],
  providers: [DatabasesRepository, DatabasesService],
  exports: [DatabasesService],
})
export class DatabasesModule {}
