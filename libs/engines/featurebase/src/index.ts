export { type FeaturebaseServers, featurebaseServersOf, featurebaseVariables } from './servers.js'
