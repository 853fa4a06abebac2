export { type ProvisionerConfig, parseProvisionerConfig } from './config.js'
export { checkProvisionerSchema, createProvisioner, migrateProvisioner } from './create.js'
