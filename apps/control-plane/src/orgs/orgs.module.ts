import { Module } from '@nestjs/common'
import { OrgsRepository } from './orgs.repository.js'
import { OrgsService } from './orgs.service.js'
import { QuotasRepository } from './quotas.repository.js'
import { QuotasService } from './quotas.service.js'

@Module({ providers: [OrgsRepository, OrgsService, QuotasRepository, QuotasService], exports: [OrgsService, QuotasService] })
export class OrgsModule {}
