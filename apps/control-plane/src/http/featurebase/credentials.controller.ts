import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { createCredential, deleteCredential, listCredentials, presentCredential, presentNewCredential, resetCredential } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { CredentialsService } from '../../credentials/credentials.service.js'

@Controller()
export class CredentialsController {
  constructor(private readonly credentials: CredentialsService) {}

  @On(listCredentials)
  async list(@Caller() caller: Principal, @Input() { params }: InputOf<typeof listCredentials>) {
    return { resources: (await this.credentials.list(caller, params.database_id)).map(presentCredential) }
  }

  @On(createCredential)
  async create(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof createCredential>) {
    const { credential, password } = await this.credentials.create(caller, params.database_id, body)
    return presentNewCredential(credential, password)
  }

  @On(resetCredential)
  async reset(@Caller() caller: Principal, @Input() { params }: InputOf<typeof resetCredential>) {
    const { credential, password } = await this.credentials.reset(caller, params.database_id, params.credential_id)
    return presentNewCredential(credential, password)
  }

  @On(deleteCredential)
  async remove(@Caller() caller: Principal, @Input() { params }: InputOf<typeof deleteCredential>): Promise<void> {
    await this.credentials.remove(caller, params.database_id, params.credential_id)
  }
}
