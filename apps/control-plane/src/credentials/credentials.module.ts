import { Module } from '@nestjs/common'
import { DatabasesModule } from '../databases/databases.module.js'
import { CredentialsRepository } from './credentials.repository.js'
import { CredentialsService } from './credentials.service.js'

@Module({ imports: [DatabasesModule], providers: [CredentialsRepository, CredentialsService], exports: [CredentialsService] })
export class CredentialsModule {}
