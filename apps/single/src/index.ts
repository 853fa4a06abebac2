export { servicePlan, type ServicePlan } from './plan.js'
export { runSingle } from './run.js'
