import { Module } from '@nestjs/common'
import { InstancesModule } from '../instances/instances.module.js'
import { ReconcileConsumer } from './reconcile.consumer.js'
import { ReconcileService } from './reconcile.service.js'
import { ReconcileSweep } from './reconcile.sweep.js'

@Module({ imports: [InstancesModule], controllers: [ReconcileConsumer], providers: [ReconcileService, ReconcileSweep] })
export class ReconcileModule {}
