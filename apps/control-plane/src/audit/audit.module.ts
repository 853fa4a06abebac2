import { Module } from '@nestjs/common'
import { AuditConsumer } from './audit.consumer.js'
import { AuditRepository } from './audit.repository.js'
import { AuditService } from './audit.service.js'

@Module({ controllers: [AuditConsumer], providers: [AuditRepository, AuditService], exports: [AuditService] })
export class AuditModule {}
