export * from './assemble.js'
export * from './schema.js'
