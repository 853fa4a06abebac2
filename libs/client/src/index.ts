export { exactJson } from './exact-json.js'
export * from './generated/index.js'
export { TenantryError, dataOf } from './problem.js'
export { type Account, type Credential, type QueryOptions, type QueryValue, type SignedUp, type Tenantry, type TenantryOptions, createTenantry } from './tenantry.js'
