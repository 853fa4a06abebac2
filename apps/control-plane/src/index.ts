export { type ControlPlaneConfig, parseControlPlaneConfig } from './config.js'
export { createControlPlane, migrateControlPlane } from './create.js'
