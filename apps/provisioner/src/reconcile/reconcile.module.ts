import { Module } from '@nestjs/common'
import { InstancesModule } from '../instances/instances.module.js'
import { ReconcileConsumer } from './reconcile.consumer.js'
import { ReconcileService } from './reconcile.service.js'

@Module({ imports: [InstancesModule], controllers: [ReconcileConsumer], providers: [ReconcileService] })
export class ReconcileModule {}
