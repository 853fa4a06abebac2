export * from './driver.js'
export * from './fields.js'
