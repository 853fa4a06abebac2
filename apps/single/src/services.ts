import { checkControlPlaneSchema, createControlPlane, migrateControlPlane, parseControlPlaneConfig } from '@tenantry/control-plane'
import { checkIdentitySchema, createIdentity, migrateIdentity, parseIdentityConfig } from '@tenantry/identity'
import { checkProvisionerSchema, createProvisioner, migrateProvisioner, parseProvisionerConfig } from '@tenantry/provisioner'
import { createQueryGateway, parseQueryGatewayConfig } from '@tenantry/query-gateway'
import { type ServicePlan, servicePlan } from './plan.js'

/** In the order in which they are started; they are closed in the reverse of it. */
export const servicePlans: readonly ServicePlan[] = [
  servicePlan({ name: 'identity', schema: 'identity', parse: parseIdentityConfig, checkSchema: checkIdentitySchema, migrate: migrateIdentity, create: createIdentity }),
  servicePlan({ name: 'control-plane', schema: 'control_plane', parse: parseControlPlaneConfig, checkSchema: checkControlPlaneSchema, migrate: migrateControlPlane, create: createControlPlane }),
  servicePlan({ name: 'provisioner', schema: 'provisioner', parse: parseProvisionerConfig, checkSchema: checkProvisionerSchema, migrate: migrateProvisioner, create: createProvisioner }),
  servicePlan({ name: 'query-gateway', parse: parseQueryGatewayConfig, create: createQueryGateway }),
]
