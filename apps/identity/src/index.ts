export { type IdentityConfig, parseIdentityConfig } from './config.js'
export { createIdentity, migrateIdentity } from './create.js'
