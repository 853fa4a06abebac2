export { type ProvisionerConfig, parseProvisionerConfig } from './config.js'
export { createProvisioner, migrateProvisioner } from './create.js'
