export * from './migrate.js'
export * from './problems.js'
export * from './source.js'
export * from './transaction.js'
