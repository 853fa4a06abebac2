import { Module } from '@nestjs/common'
import { InstancesModule } from '../instances/instances.module.js'
import { CredentialsConsumer } from './credentials.consumer.js'

@Module({ imports: [InstancesModule], controllers: [CredentialsConsumer] })
export class CredentialsModule {}
