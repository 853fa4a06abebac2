import { Module } from '@nestjs/common'
import { RevocationsConsumer } from './revocations.consumer.js'
import { RevocationsRepository } from './revocations.repository.js'
import { RevocationsService } from './revocations.service.js'

@Module({ controllers: [RevocationsConsumer], providers: [RevocationsRepository, RevocationsService], exports: [RevocationsService] })
export class RevocationsModule {}
