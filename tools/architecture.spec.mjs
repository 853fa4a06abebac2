// The law of the house, asked of the tree as it is, and of planted trees that break it: a rule that no longer bites turns red.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { Controller, Get } from '@nestjs/common'
import { openApiDocument } from '@tenantry/contracts'
import { On, operationKey } from '@tenantry/http'
import { routes } from '@tenantry/edge'
import { deepImports, undeclared, untagged, wrongWay } from './architecture/boundaries.mjs'
import { clashes, deedless, dialectsOf, isUnder, objectless, withRecords } from './architecture/dialects.mjs'
import { rawMountsOf } from './architecture/imports.mjs'
import { planted } from './architecture/planted.mjs'
import { featureCycles, longFiles, namelessFolders, strayEntities } from './architecture/rooms.mjs'
import { handlersOf, mountedIn } from './architecture/routes.mjs'
import { readWorkspace } from './architecture/workspace.mjs'

const root = path.resolve(import.meta.dirname, '..')
const workspace = readWorkspace(root)
const dialects = await dialectsOf(root, workspace)
const operations = dialects.flatMap((dialect) => dialect.operations)
const exported = Object.assign({}, ...dialects.map((dialect) => dialect.exported))

describe('the tree', () => {
  it('is read whole', () => {
    expect(workspace.projects.length).toBeGreaterThan(15)
    expect(workspace.projects.flatMap(({ files }) => files).length).toBeGreaterThan(150)
  })

  it.each([
    ['gives every project exactly one known type', untagged],
    ['lets a project know only what its type may know', wrongWay],
    ['imports packages by their name, never by a path into them', deepImports],
    ['declares in its own package.json what a package imports', undeclared],
    ['has no cycle between the features of an app', featureCycles],
    ['keeps an entity inside its folder', strayEntities],
    ['has no folder for things that have no room', namelessFolders],
  ])('%s', (_, complaints) => {
    expect(complaints(workspace)).toEqual([])
  })

  it('gives a reason for every direct dependency, and for no other', () => {
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const rows = readFileSync(path.join(root, 'docs/dependencies.md'), 'utf8').split('\n').filter((line) => line.startsWith('| `'))
    const listed = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    expect(listed.sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).sort())
    expect(rows.every((row) => row.split('|')[2].trim().length > 3)).toBe(true)
  })

  it('reports the files that have grown long', () => {
    const long = longFiles(workspace)
    if (long.length > 0) process.stderr.write(`Past 300 lines, so look for the second idea inside:\n${long.map((line) => `  ${line}\n`).join('')}`)
  })
})

describe('a planted fault', () => {
  it('is not seen in a sound tree', () => {
    const sound = planted({})
    expect([untagged, wrongWay, deepImports, undeclared, featureCycles, strayEntities, namelessFolders, longFiles].flatMap((rule) => rule(sound))).toEqual([])
  })

  it.each([
    ['no tag', untagged, { libs: { tags: [] } }, 'libs/paper has no tag'],
    ['an unknown tag', untagged, { libs: { tags: ['type:thing'] } }, 'needs exactly one known type'],
    ['a second tag', untagged, { libs: { tags: ['type:platform', 'type:app'] } }, 'needs exactly one known type'],
    ['a library that knows an app', wrongWay, { libs: { 'src/a.ts': 'import \'@planted/shop\'' } }, 'type:platform may not know type:app'],
    ['an app that knows an app', wrongWay, { other: { 'src/a.ts': 'export { x } from \'@planted/shop\'' } }, 'type:app may not know type:app'],
    ['a type taken the wrong way', wrongWay, { libs: { 'src/a.ts': 'let a: import(\'@planted/shop\').X' } }, 'may not know'],
    ['a late import the wrong way', wrongWay, { libs: { 'src/a.ts': 'await import(\'@planted/shop\')' } }, 'may not know'],
    ['a deep import', deepImports, { shop: { 'src/a.ts': 'import \'@planted/paper/src/a.js\'' } }, 'looks inside a package'],
    ['a path out of the package', deepImports, { shop: { 'src/a.ts': 'import \'../../../libs/paper/src/a.js\'' } }, 'reaches out of its package'],
    ['an undeclared package', undeclared, { shop: { 'src/a.ts': 'import \'left-pad\'' } }, 'left-pad, which its package.json does not declare'],
    ['a tool outside of tests', undeclared, { shop: { 'src/a.ts': 'import \'fast-check\'' } }, 'does not declare'],
    ['two features that know each other', featureCycles, { shop: { 'src/orders/a.ts': 'import \'../goods/b.js\'', 'src/goods/b.ts': 'import \'../orders/a.js\'' } }, 'orders → goods → orders'],
    ['a feature that knows the edge', featureCycles, { shop: { 'src/http/a.ts': 'import \'../goods/b.js\'', 'src/goods/b.ts': 'import \'../http/a.js\'' } }, 'http'],
    ['a stray entity', strayEntities, { shop: { 'src/goods/b.ts': 'import { OrderEntity } from \'../orders/order.entity.js\'' } }, 'an entity stays in its folder'],
    ['a nameless folder', namelessFolders, { shop: { 'src/utils/a.ts': '' } }, 'a folder named utils'],
    ['a long file', longFiles, { shop: { 'src/a.ts': '\n'.repeat(301) } }, 'has 301 lines'],
  ])('is seen: %s', (_, rule, fault, complaint) => {
    expect(rule(planted(fault))).toEqual([expect.stringContaining(complaint)])
  })
})

describe('the routes', () => {
  const apps = workspace.projects.filter(({ tags }) => tags.includes('type:app'))
  const mounted = Promise.all(apps.map(async (app) => (await mountedIn(root, app, { operationKey, exported })).map((one) => ({ ...one, app: path.basename(app.folder) }))))
    .then((lists) => lists.flat())

  it('all have an operation, and so a permission', async () => {
    const seen = await mounted
    expect(seen.length).toBeGreaterThan(20)
    expect(seen.filter(({ operation }) => !operation?.permission).map(({ app, handler }) => `${app}: ${handler}`)).toEqual([])
  })

  it('are found where they are planted, with an operation and without', () => {
    class Planted {
      bare() {}
      whole() {}
      neither() {}
    }
    const decorate = (decorator, name) => decorator(Planted.prototype, name, Object.getOwnPropertyDescriptor(Planted.prototype, name))
    Controller()(Planted)
    decorate(Get('/bare'), 'bare')
    decorate(On(operations[0]), 'whole')
    expect(handlersOf(Planted, operationKey)).toEqual([{ handler: 'Planted.bare', operation: undefined }, { handler: 'Planted.whole', operation: operations[0] }])
    expect(rawMountsOf('mountRaw(fastify, runSql, rules, () => undefined)')).toEqual(['runSql'])
  })

  it('answer every operation once, in the service that the route table names', async () => {
    const owners = (await mounted).map(({ app, operation }) => `${operation?.id} by ${app}`).sort()
    expect(owners).toEqual(operations.map((operation) => `${operation.id} by ${ownerOf(operation)}`).sort())
  })

  it('stand in the route table, and every row of it leads to an operation', () => {
    const rows = routes.filter(({ owner }) => owner !== 'edge')
    expect(operations.filter((operation) => !rows.some((row) => isUnder(row, operation))).map(({ id }) => id)).toEqual([])
    const idle = rows.filter((row) => !operations.some((operation) => isUnder(row, operation))).map(({ pattern }) => pattern)
    expect(idle).toEqual([])
  })

  it('say what they change where they change a record, and nowhere else', () => {
    expect(deedless(operations, ownerOf)).toEqual([])
    expect(objectless(operations)).toEqual([])
    const change = operations.find(({ id }) => id === 'updateDatabase')
    const [query, reading] = ['runSql', 'getDatabase'].map((wanted) => operations.find(({ id }) => id === wanted))
    expect(deedless([{ ...change, deed: undefined }], ownerOf)).toEqual(['updateDatabase changes a record, and no deed says which'])
    expect(deedless([query, reading].map((one) => ({ ...one, deed: change.deed })), ownerOf)).toEqual([
      'runSql has a deed, and nothing writes it down', 'getDatabase has a deed, and nothing writes it down',
    ])
    expect(objectless([{ ...change, deed: { object: 'database', param: 'id' } }, { ...change, deed: { object: 'database' } }])).toEqual([
      'updateDatabase names its object by id, which its path does not have', 'updateDatabase names no object, and its answer may not be a new one',
    ])
  })

  it('are all surrounded by what makes a deed one transaction, in each service with records', () => {
    for (const name of withRecords) expect(readFileSync(path.join(root, 'apps', name, 'src/app.module.ts'), 'utf8')).toMatch(/\bDeedsModule\.with\(/)
  })

  it('of one dialect are never those of another', () => {
    expect(clashes(dialects)).toEqual([])
    const twin = { name: 'twin', operations: [{ id: 'other', method: 'GET', path: '/v2/{noun}/{id}' }] }
    expect(clashes([...dialects, twin]).length).toBeGreaterThan(0)
  })

  it('are listed whole by each dialect, each under a name of its own', () => {
    for (const { listed, operations: found } of dialects) expect(listed.map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id).sort())
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
  })

  it('are described with distinct methods a path', () => {
    const { paths } = openApiDocument(operations, { title: '', version: '', description: '', serverUrl: '/' })
    expect(Object.values(paths).flatMap((methods) => Object.keys(methods)).length).toBe(operations.length)
  })

  const ownerOf = ({ method, path: at }) => {
    const rows = routes.filter((row) => isUnder(row, { method, path: at }))
    return rows.sort((one, other) => weight(other.pattern) - weight(one.pattern))[0]?.owner
  }
  const weight = (pattern) => pattern.split('/').reduce((sum, segment) => sum + (segment === '*' ? 0 : segment.startsWith('{') ? 10 : 11), 0)
})

describe('the linter', () => {
  const rooms = ['apps/control-plane/src/orgs/orgs.service.ts', 'apps/control-plane/src/http/featurebase/orgs.controller.ts', 'libs/contracts/src/ids.ts',
    'libs/dialects/featurebase/src/ids.ts', 'libs/http/src/on.ts', 'apps/single/src/main.ts']
  const run = promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'architecture/lint.mjs'), ...rooms], { timeout: 50_000, maxBuffer: 1e7 })
    .then(({ stdout }) => JSON.parse(stdout))

  it('refuses every planted line by the rule that it names, and no other line', async () => {
    const { planted: files } = await run
    const wanted = files.flatMap(({ file, source }) => source === undefined ? [] : source.split('\n').flatMap((line, at) =>
      (line.match(/\/\/ refused: (.+)$/)?.[1].split(', ') ?? []).map((rule) => `${file}:${at + 1} ${rule}`)))
    expect(wanted.length).toBeGreaterThanOrEqual(20)
    wanted.push('libs/plain/src/unexcused.ts:0 tenantry/disable-needs-reason')
    expect(files.flatMap(({ file, messages }) => messages.map(({ line, ruleId }) => `${file}:${line} ${ruleId}`)).sort()).toEqual(wanted.sort())
  })

  it('has the same rules on for the files of every room', async () => {
    const { real } = await run
    for (const file of rooms) {
      expect(Object.keys(real[file] ?? {})).toEqual(expect.arrayContaining(['@typescript-eslint/no-floating-promises', '@typescript-eslint/no-explicit-any',
        '@typescript-eslint/switch-exhaustiveness-check', 'no-restricted-exports', 'no-restricted-imports', 'tenantry/disable-needs-reason']))
    }
    const told = (file) => real[file]['no-restricted-imports'][0].patterns.map(({ message }) => message).join(' ')
    expect(rooms.slice(0, 4).map(told)).toEqual([
      expect.stringContaining('speaks the domain'), expect.stringContaining('The edge calls a service'), expect.stringContaining('is pure'), expect.stringContaining('is pure'),
    ])
  })
})
