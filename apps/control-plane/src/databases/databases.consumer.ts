import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, DatabaseIdSchema, type DatabaseTarget, type EventOf, OrgIdSchema } from '@tenantry/contracts'
import { Answers, Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { DatabasesService } from './databases.service.js'
import { DocumentsService } from './documents.service.js'

@Controller()
export class DatabasesConsumer {
  constructor(private readonly source: DataSource, private readonly databases: DatabasesService, private readonly documents: DocumentsService) {}

  @Work('provisioner.database.seen')
  async seen(@Payload() event: EventOf<'provisioner.database.seen'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'facts', event.id, () => this.databases.learn(tx, event)))
  }

  @Work('provisioner.database.purged')
  async purged(@Payload() event: EventOf<'provisioner.database.purged'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'purged', event.id, () => this.databases.forget(tx, event.databaseId)))
  }

  @Answers('control.target.find')
  async target(@Payload() ask: AskOf<'control.target.find'>): Promise<DatabaseTarget> {
    return await this.databases.target(OrgIdSchema.parse(ask.orgId), DatabaseIdSchema.parse(ask.databaseId))
  }

  @Answers('control.document.find')
  async document(@Payload() ask: AskOf<'control.document.find'>): Promise<AnswerOf<'control.document.find'>> {
    const document = await this.documents.find(OrgIdSchema.parse(ask.orgId), DatabaseIdSchema.parse(ask.databaseId), ask.hash)
    return document === undefined ? {} : { document }
  }
}
