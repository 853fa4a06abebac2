export * from './database.js'
export * from './nats.js'
export * from './signer.js'
export * from './until.js'
