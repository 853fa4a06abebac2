export * from './embedded.js'
export * from './engine.js'
export * from './frames.js'
export * from './wire.js'
