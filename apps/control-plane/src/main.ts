import { serveAlone } from '@tenantry/service'
import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from './index.js'

serveAlone({ name: 'control-plane', parse: parseControlPlaneConfig, migrate: migrateControlPlane, create: createControlPlane })
