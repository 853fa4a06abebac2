import tseslint from 'typescript-eslint'
import { reasons } from './reasons.mjs'
import { rooms } from './rooms.mjs'

const tests = ['**/*.spec.ts', '**/*.spec.mjs', 'apps/e2e/**']
const readsEnvironment = ['**/config.ts', '**/main.ts', 'tools/**', 'bench/**', 'libs/testing/**', 'libs/service/src/serve.ts', ...tests]
const needsDefaultExport = ['*.config.mjs', 'tools/jest/*.mjs']

const everywhere = {
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  plugins: { tenantry: reasons },
  rules: {
    'tenantry/disable-needs-reason': 'error',
    'eqeqeq': ['error', 'always', { null: 'ignore' }],
    'no-console': 'error',
    'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
    'no-var': 'error',
    'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
  },
}

const typed = (root) => ({
  files: ['**/*.ts'],
  languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json', tsconfigRootDir: root } },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/no-non-null-assertion': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  },
})

const environment = {
  files: ['**/*.ts'],
  ignores: readsEnvironment,
  rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'The environment is read in config.ts, once, and given on as a value.' }] },
}

// A route that is mounted by hand would be known to no operation table, and so to no guard.
const routes = {
  files: ['apps/*/src/**/*.ts'],
  rules: {
    'no-restricted-syntax': ['error', {
      selector: 'CallExpression[callee.object.name=/^(fastify|server|instance)$/i][callee.property.name=/^(get|head|post|put|patch|delete|options|all|route)$/]',
      message: 'Mount a route by its operation: @On(operation), or mountRaw(fastify, operation, …).',
    }],
  },
}

/** The rules for a workspace at `root`. A function, so that its tests can put a planted tree under the same law. */
export const law = (root) => [
  { ignores: ['**/dist/**', '**/generated/**', '**/fixtures/**', 'libs/*/kernel/**', '.nx/**', '.tenantry/**', 'coverage/**'] },
  everywhere,
  { files: needsDefaultExport, rules: { 'no-restricted-exports': 'off' } },
  { files: ['tools/**', 'bench/**', ...tests], rules: { 'no-console': 'off' } },
  typed(root),
  environment,
  routes,
  ...rooms,
]
