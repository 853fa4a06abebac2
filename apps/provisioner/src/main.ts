import { serveAlone } from '@tenantry/service'
import { createProvisioner, migrateProvisioner, parseProvisionerConfig } from './index.js'

serveAlone({ name: 'provisioner', parse: parseProvisionerConfig, migrate: migrateProvisioner, create: createProvisioner })
