// The rooms of the house, each with what may not be brought into it. A file is in one room only: a second
// no-restricted-imports for the same file would silently replace the first.
const deep = { regex: '^@tenantry/[^/]+/', message: 'Import a package by its name: what it does not export is its own.' }
const upward = { regex: '^(\\.\\./)+(apps|libs)/', message: 'Import a package by its name, not by its place.' }
const environment = {
  name: 'node:process', importNames: ['env', 'default'], message: 'The environment is read in config.ts, once.',
}

const restricted = (...patterns) => ({ 'no-restricted-imports': ['error', { paths: [environment], patterns: [deep, upward, ...patterns] }] })

const frameworks = {
  regex: '^(@nestjs/|typeorm$|typeorm/|pg$|@nats-io/|passport|fastify$)',
  message: 'This package is pure: it knows no framework, no database and no transport.',
}
const edge = { regex: '(^|/)http/', message: 'A feature never looks at the edge.' }
const dialects = { regex: '^@tenantry/dialects-', message: 'A feature speaks the domain, not a dialect.' }
const records = { regex: '(\\.entity|\\.repository)\\.js$|^typeorm$|^pg$', message: 'The edge calls a service.' }

const pure = ['libs/contracts/src/**/*.ts', 'libs/dialects/*/src/**/*.ts', 'libs/engines/{contract,conformance}/src/**/*.ts',
  'libs/{pql,featurebase-sql,graphql-sql,bitmaps,client}/src/**/*.ts']
const features = ['apps/*/src/*/**/*.ts']
const http = ['apps/*/src/http/**/*.ts']

export const rooms = [
  { files: ['**/*.ts'], ignores: [...pure, ...features, ...http], rules: restricted() },
  { files: pure, rules: restricted(frameworks) },
  { files: features, ignores: http, rules: restricted(edge, dialects) },
  { files: http, rules: restricted(records) },
]
