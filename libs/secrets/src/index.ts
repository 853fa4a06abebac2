export * from './derive.js'
export * from './sealer.js'
