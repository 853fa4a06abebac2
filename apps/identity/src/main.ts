import { serveAlone } from '@tenantry/service'
import { createIdentity, migrateIdentity, parseIdentityConfig } from './index.js'

serveAlone({ name: 'identity', parse: parseIdentityConfig, migrate: migrateIdentity, create: createIdentity })
