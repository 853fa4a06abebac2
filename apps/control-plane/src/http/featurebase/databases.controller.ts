import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import {
  createDatabase, deleteDatabase, getDatabase, listBackups, listDatabases, listDeployments, presentBackups, presentDatabase, presentDeletion, presentPage, shapeIn, updateDatabase,
} from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { DatabasesService } from '../../databases/databases.service.js'

@Controller()
export class DatabasesController {
  constructor(private readonly databases: DatabasesService) {}

  @On(createDatabase)
  async create(@Caller() caller: Principal, @Input() { body }: InputOf<typeof createDatabase>) {
    return presentDatabase(await this.databases.create(caller, { name: body.name, options: body.database_options, shape: shapeIn(body.database_options) }))
  }

  @On(listDatabases)
  async list(@Caller() caller: Principal, @Input() { query }: InputOf<typeof listDatabases>) {
    return presentPage(await this.databases.list(caller, query), presentDatabase)
  }

  @On(listDeployments)
  async listAsBefore(@Caller() caller: Principal, @Input() { query }: InputOf<typeof listDeployments>) {
    return presentPage(await this.databases.list(caller, query), presentDatabase)
  }

  @On(getDatabase)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getDatabase>) {
    return presentDatabase(await this.databases.get(caller, params.database_id))
  }

  @On(updateDatabase)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateDatabase>) {
    return presentDatabase(await this.databases.update(caller, params.database_id, { name: body.name, ownedBy: body.owned_by }))
  }

  @On(deleteDatabase)
  async delete(@Caller() caller: Principal, @Input() { params }: InputOf<typeof deleteDatabase>) {
    await this.databases.askDeletion(caller, params.database_id)
    return presentDeletion()
  }

  @On(listBackups)
  async backups(@Caller() caller: Principal, @Input() { params }: InputOf<typeof listBackups>) {
    await this.databases.get(caller, params.database_id)
    return presentBackups({ items: [] })
  }
}
