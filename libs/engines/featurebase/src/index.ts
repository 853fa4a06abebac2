export { type FeaturebaseEngine, featurebaseEngine } from './driver.js'
export { type FeaturebaseServers, featurebaseServersOf, featurebaseVariables } from './servers.js'
