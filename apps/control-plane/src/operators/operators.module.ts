import { Module } from '@nestjs/common'
import { DatabasesModule } from '../databases/databases.module.js'
import { OrgsModule } from '../orgs/orgs.module.js'
import { UsersModule } from '../users/users.module.js'
import { OperatorsRepository } from './operators.repository.js'
import { OperatorsService } from './operators.service.js'

@Module({ imports: [OrgsModule, UsersModule, DatabasesModule], providers: [OperatorsRepository, OperatorsService], exports: [OperatorsService] })
export class OperatorsModule {}
