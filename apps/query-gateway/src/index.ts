export { type QueryGatewayConfig, parseQueryGatewayConfig } from './config.js'
export { createQueryGateway } from './create.js'
