export { type IdentityConfig, parseIdentityConfig } from './config.js'
export { checkIdentitySchema, createIdentity, migrateIdentity } from './create.js'
