import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from '@tenantry/control-plane'
import { createIdentity, migrateIdentity, parseIdentityConfig } from '@tenantry/identity'
import { createProvisioner, migrateProvisioner, parseProvisionerConfig } from '@tenantry/provisioner'
import { createQueryGateway, parseQueryGatewayConfig } from '@tenantry/query-gateway'
import { type ServicePlan, servicePlan } from './plan.js'

/** In the order in which they are started; they are closed in the reverse of it. */
export const servicePlans: readonly ServicePlan[] = [
  servicePlan({ name: 'identity', schema: 'identity', parse: parseIdentityConfig, migrate: migrateIdentity, create: createIdentity }),
  servicePlan({ name: 'control-plane', schema: 'control_plane', parse: parseControlPlaneConfig, migrate: migrateControlPlane, create: createControlPlane }),
  servicePlan({ name: 'provisioner', schema: 'provisioner', parse: parseProvisionerConfig, migrate: migrateProvisioner, create: createProvisioner }),
  servicePlan({ name: 'query-gateway', parse: parseQueryGatewayConfig, create: createQueryGateway }),
]
