import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { listDocuments, presentDocuments, setDocuments } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { DocumentsService } from '../../databases/documents.service.js'

@Controller()
export class DocumentsController {
  constructor(private readonly documents: DocumentsService) {}

  @On(listDocuments)
  async list(@Caller() caller: Principal, @Input() { params }: InputOf<typeof listDocuments>) {
    return presentDocuments(await this.documents.get(caller, params.database_id))
  }

  @On(setDocuments)
  async set(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof setDocuments>) {
    return presentDocuments(await this.documents.set(caller, params.database_id, body))
  }
}
