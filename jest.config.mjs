// The tiers in one run: unit (no input or output), integration (real Postgres, NATS, engines), the whole system over HTTP, and the
// whole system while parts of it are killed, stopped and cut off.
import { swcOptions } from './tools/swc.mjs'

const shared = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: '<rootDir>/tools/jest/environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.tenantry/'],
}

/** How long one test may take at least, see tools/jest/environment.mjs. */
const within = (testSeconds) => ({ globals: { testSeconds } })

export default {
  maxWorkers: 2,
  projects: [
    { ...shared, displayName: 'unit', testRegex: '(apps|libs|tools)/.*(?<!\\.int)\\.spec\\.(ts|mjs)$', testPathIgnorePatterns: ['/node_modules/', '/apps/e2e/', '/tools/architecture\\.', '/fixtures/'], ...within(30) },
    { ...shared, displayName: 'architecture', testRegex: 'tools/architecture\\.spec\\.mjs$', ...within(90) },
    {
      ...shared, displayName: 'integration', testRegex: '(apps|libs|tools)/.*\\.int\\.spec\\.(ts|mjs)$', testPathIgnorePatterns: ['/node_modules/', '/apps/e2e/'],
      ...within(120),
      globalSetup: '<rootDir>/tools/jest/infra.setup.mjs', globalTeardown: '<rootDir>/tools/jest/infra.teardown.mjs',
    },
    { ...shared, displayName: 'e2e', testRegex: 'apps/e2e/src/.*\\.spec\\.ts$', testPathIgnorePatterns: ['/node_modules/', '/e2e/src/faults/'], ...within(240) },
    { ...shared, displayName: 'faults', testRegex: 'apps/e2e/src/faults/.*\\.spec\\.ts$', ...within(240) },
  ],
}
