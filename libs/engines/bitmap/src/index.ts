export * from './driver.js'
export * from './database.js'
