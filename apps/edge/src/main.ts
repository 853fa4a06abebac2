import { serveAlone } from '@tenantry/service'
import { parseEdgeConfig } from './config.js'
import { createEdgeAlone, edgeCertificate } from './create.js'

serveAlone({ name: 'edge', parse: parseEdgeConfig, create: createEdgeAlone, certificate: edgeCertificate })
