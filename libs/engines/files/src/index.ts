export * from './open.js'
export * from './refusals.js'
export * from './template.js'
