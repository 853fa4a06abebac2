export { connectEngineHost } from './engine-host.js'
export type { ConnectOptions, EngineHost } from './engine-host.js'
export type { HostAddress } from './host-link.js'
export { engineAddress, engineVariables } from './address.js'
