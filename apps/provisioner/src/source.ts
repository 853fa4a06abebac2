import { createSource } from '@tenantry/persistence'
import type { DataSource } from 'typeorm'
import type { ProvisionerConfig } from './config.js'
import { InstanceEntity } from './instances/instance.entity.js'
import { FirstInstances1732233600000 } from './migrations/first-instances.js'

export const schema = 'provisioner'

export const provisionerSource = ({ databaseUrl, poolSize }: Pick<ProvisionerConfig, 'databaseUrl' | 'poolSize'>): DataSource => createSource({
  url: databaseUrl, schema, entities: [InstanceEntity], migrations: [FirstInstances1732233600000], poolSize,
})
