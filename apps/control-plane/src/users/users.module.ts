import { Module } from '@nestjs/common'
import { OrgsModule } from '../orgs/orgs.module.js'
import { MeetAccount } from './meet-account.js'
import { UsersConsumer } from './users.consumer.js'
import { UsersRepository } from './users.repository.js'
import { UsersService } from './users.service.js'

@Module({ imports: [OrgsModule], controllers: [UsersConsumer], providers: [UsersRepository, UsersService, MeetAccount], exports: [UsersService, MeetAccount] })
export class UsersModule {}
