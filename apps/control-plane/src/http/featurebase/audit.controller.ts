import { Readable } from 'node:stream'
import { Controller, Headers, StreamableFile } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { AuditLine, InputOf, Principal } from '@tenantry/contracts'
import { auditLinesType, listAudit, presentAuditLine, presentAuditLines, presentPage } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { AuditService } from '../../audit/audit.service.js'

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @On(listAudit)
  async list(@Caller() caller: Principal, @Input() { params, query }: InputOf<typeof listAudit>, @Headers('accept') accept = '') {
    if (accept.includes(auditLinesType)) return streamed(await this.audit.export(caller, params.id, query.filter))
    return presentPage(await this.audit.list(caller, params.id, query.filter, query.page), presentAuditLine)
  }
}

/** The next lines are read when the last ones have been taken. */
const streamed = (batches: AsyncGenerator<readonly AuditLine[]>): StreamableFile =>
  new StreamableFile(Readable.from(textOf(batches), { objectMode: false }), { type: auditLinesType })

async function* textOf(batches: AsyncGenerator<readonly AuditLine[]>): AsyncGenerator<string> {
  for await (const lines of batches) yield presentAuditLines(lines)
}
