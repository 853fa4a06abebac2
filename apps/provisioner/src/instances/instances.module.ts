import { Module } from '@nestjs/common'
import { InstancesRepository } from './instances.repository.js'

@Module({ providers: [InstancesRepository], exports: [InstancesRepository] })
export class InstancesModule {}
