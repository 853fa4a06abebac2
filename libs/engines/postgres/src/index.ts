export { connectPostgres, type PostgresEngine, type PostgresOptions } from './engine.js'
export { postgresVariables, type PostgresServer, type PostgresServers } from './servers.js'
