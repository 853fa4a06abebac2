import { serveAlone } from '@tenantry/service'
import { createQueryGateway, parseQueryGatewayConfig } from './index.js'

serveAlone({ name: 'query-gateway', parse: parseQueryGatewayConfig, create: createQueryGateway })
