import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startSingle } from '../start/single.process.js'
import { type System, apps, clearUp, startSystem, stopSystem } from '../story/system.js'

const names = ['sealing-key', 'pepper', 'internal-token', 'nats-token', 'postgres-password'] as const
let system: System

// What a start looks at before it starts any server is enough of a data directory here.
const copyOf = async (name: string): Promise<string> => {
  const copy = path.join(system.folder, name)
  await mkdir(path.join(copy, 'postgres'), { recursive: true })
  for (const part of ['tenantry.json', 'secrets', 'secret-marks.json']) await cp(path.join(system.dataDir, part), path.join(copy, part), { recursive: true, preserveTimestamps: true })
  return copy
}

beforeAll(async () => {
  system = await startSystem()
  await stopSystem(system)
}, 60_000)
afterAll(clearUp, 30_000)

type Harm = readonly [what: string, harm: (file: string) => Promise<unknown>, said: RegExp]
const harms: readonly Harm[] = [
  ['lost', (file) => rm(file), /^The secret (\S+) is missing, and what was sealed with it cannot be opened by another one; restore the file from a backup\.$/],
  ['emptied', (file) => truncate(file), /^The secret (\S+) is damaged; restore the file from a backup\.$/],
  ['cut short', (file) => truncate(file, 20), /^The secret (\S+) is damaged; restore the file from a backup\.$/],
  ['open to everybody', (file) => chmod(file, 0o644), /^The secret (\S+) is open to every user of this machine; take that right away[^\n]*\.$/],
  ['another one', (file) => writeFile(file, `${randomBytes(32).toString('base64url')}\n`), /^The secret (\S+) is not the one that this data was made with; restore the file from a backup\.$/],
  ['a folder', async (file) => { await rm(file); await mkdir(file, { mode: 0o700 }) }, /^The secret (\S+) cannot be read; it must be a file that this user has the right to read\.$/],
]

const contents = async (folder: string): Promise<readonly (readonly [string, string])[]> => Promise.all((await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort().map(async (file) => [file, await readFile(file, 'utf8')] as const))

const refusalOf = async (dataDir: string): Promise<{ code: number | null; said: string }> => {
  const { code, output } = await startSingle({ DATA_DIR: dataDir }, path.join(apps, 'single/dist/main.js')).ended
  return { code, said: output.trim() }
}

const expectRefused = async (dataDir: string, said: RegExp): Promise<string> => {
  const before = await contents(path.join(dataDir, 'secrets')).catch(() => undefined)
  const refused = await refusalOf(dataDir)
  expect(refused).toEqual({ code: 78, said: expect.stringMatching(said) })
  expect(await contents(path.join(dataDir, 'secrets')).catch(() => undefined)).toEqual(before)
  return said.exec(refused.said)?.[1] ?? ''
}

it('keeps its secrets to their owner', async () => {
  const folder = path.join(system.dataDir, 'secrets')
  expect([...await readdir(folder)].sort()).toEqual([...names].sort())
  for (const name of names) expect([name, (await stat(path.join(folder, name))).mode & 0o777]).toEqual([name, 0o600])
})

it.each(harms.map(([what, harm, said], at) => [what, names[at % names.length] ?? 'pepper', harm, said] as const))('refuses a secret that is %s in a sentence, and makes no other: %s', async (what, name, harm, said) => {
  const copy = await copyOf(what.replaceAll(' ', '-'))
  const file = path.join(copy, 'secrets', name)
  await harm(file)
  expect(await expectRefused(copy, said)).toBe(file)
}, 30_000)

it('refuses to go on without the folder of its secrets, and makes none', async () => {
  const copy = await copyOf('no-folder')
  await rm(path.join(copy, 'secrets'), { recursive: true })
  await expectRefused(copy, /^The folder \S+secrets with the secrets of this installation is missing, [^\n]*; restore the folder from a backup\.$/)
  expect(await readdir(copy)).not.toContain('secrets')
}, 30_000)

it('makes no new ones either when the records are gone and anything else is left', async () => {
  const copy = await copyOf('no-records')
  for (const name of ['secrets', 'postgres', 'secret-marks.json']) await rm(path.join(copy, name), { recursive: true })
  await mkdir(path.join(copy, 'tenants'))
  await expectRefused(copy, /^The folder \S+secrets [^\n]* is missing, [^\n]*$/)
}, 30_000)
