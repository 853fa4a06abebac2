export { type ControlPlaneConfig, parseControlPlaneConfig } from './config.js'
export { checkControlPlaneSchema, createControlPlane, migrateControlPlane } from './create.js'
