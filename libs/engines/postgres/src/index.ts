export { connectPostgres, type PostgresEngine, type PostgresOptions } from './engine.js'
export { credentialUser, namesOf } from './names.js'
export { newPassword, verifierOf } from './passwords.js'
export { postgresVariables, publicAddressOf, type PostgresServer, type PostgresServers } from './servers.js'
