export { conformance } from './conformance.js'
export type { Opened, Subject } from './conformance.js'
