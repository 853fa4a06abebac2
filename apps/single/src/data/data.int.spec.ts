import { chmod, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { takeDataDirectory } from './data-directory.js'
import { hasRecords } from './has-records.js'
import { checkMarks, rememberMarks } from './secret-marks.js'
import { settleSecrets } from './secrets.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-data-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the data directory', () => {
  it('is new once, and belongs to nobody else', async () => {
    const directory = path.join(folder, 'data')
    const first = await takeDataDirectory(directory)
    expect([first.isNew, (await stat(directory)).mode & 0o777]).toEqual([true, 0o700])
    first.release()
    const second = await takeDataDirectory(directory)
    expect(second.isNew).toBe(false)
    second.release()
  })

  it('is taken by one at a time', async () => {
    const first = await takeDataDirectory(folder)
    await expect(takeDataDirectory(folder)).rejects.toThrow(`Another Tenantry (process ${process.pid}) uses DATA_DIR`)
    first.release()
    ;(await takeDataDirectory(folder)).release()
  })

  it('may hold what a first start left behind that was killed before it had written its marker', async () => {
    await writeFile(path.join(folder, '.unfinished-tenantry.json-12'), '{"pro')
    await writeFile(path.join(folder, 'lock'), '')
    const taken = await takeDataDirectory(folder)
    expect(taken.isNew).toBe(true)
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
    taken.release()
  })

  it('is refused when its lock is no lock of ours', async () => {
    await writeFile(path.join(folder, 'lock'), 'this is no lock, and long enough to be looked at as a file of another kind'.repeat(20))
    await expect(takeDataDirectory(folder)).rejects.toThrow('is broken: lock in it is no lock of ours')
  })
})

describe('the secrets', () => {
  it('are made once, differ from each other, and are for their owner alone', async () => {
    const first = await settleSecrets(folder, false)
    expect(new Set(Object.values(first)).size).toBe(5)
    for (const name of await readdir(path.join(folder, 'secrets'))) expect((await stat(path.join(folder, 'secrets', name))).mode & 0o777).toBe(0o600)
    expect(await settleSecrets(folder, true)).toEqual(first)
  })

  it('are finished by the next start when the first was killed between two of them', async () => {
    const first = await settleSecrets(folder, false)
    await rm(path.join(folder, 'secrets', 'postgres-password'))
    await writeFile(path.join(folder, 'secrets', '.unfinished-postgres-password-12'), 'half')
    const second = await settleSecrets(folder, false)
    expect(second.sealingKey).toBe(first.sealingKey)
    expect((await readFile(path.join(folder, 'secrets', 'postgres-password'), 'utf8')).trim()).toBe(second.postgresPassword)
    expect((await readdir(path.join(folder, 'secrets'))).filter((name) => name.startsWith('.'))).toEqual([])
  })

  const harms: readonly (readonly [string, (file: string) => Promise<unknown>, RegExp])[] = [
    ['lost', (file) => rm(file), /is missing, .*; restore the file from a backup\.$/],
    ['emptied', (file) => truncate(file), /is damaged; restore the file from a backup\.$/],
    ['cut short', (file) => truncate(file, 20), /is damaged; restore the file from a backup\.$/],
    ['open to everybody', (file) => chmod(file, 0o604), /is open to every user of this machine; /],
    ['another one', (file) => writeFile(file, `${'A'.repeat(43)}\n`), /is not the one that this data was made with; /],
  ]
  it.each(['sealing-key', 'pepper', 'internal-token', 'nats-token', 'postgres-password'].flatMap((name) => harms.map((harm) => [name, ...harm] as const)))(
    'are refused and left as they are when %s is %s', async (name, _what, harm, said) => {
      await rememberMarks(folder, await settleSecrets(folder, false))
      const file = path.join(folder, 'secrets', name)
      await harm(file)
      const before = await readFile(file, 'utf8').catch(() => undefined)
      await expect(settleSecrets(folder, true).then((secrets) => checkMarks(folder, secrets))).rejects.toThrow(said)
      expect(await readFile(file, 'utf8').catch(() => undefined)).toBe(before)
    })

  it('are made as long as there is nothing else, and never once there is anything', async () => {
    const taken = await takeDataDirectory(folder)
    expect(await hasRecords(folder, undefined, [])).toBe(false)
    await settleSecrets(folder, false)
    expect(await hasRecords(folder, undefined, [])).toBe(false)
    await writeFile(path.join(folder, 'anything'), '')
    expect(await hasRecords(folder, undefined, [])).toBe(true)
    taken.release()
  })

  it('are known again by marks that do not show them', async () => {
    const secrets = await settleSecrets(folder, false)
    await checkMarks(folder, secrets)
    await rememberMarks(folder, secrets)
    await checkMarks(folder, secrets)
    const marks = await readFile(path.join(folder, 'secret-marks.json'), 'utf8')
    for (const [name, secret] of Object.entries(secrets)) {
      expect(marks).not.toContain(secret)
      await expect(checkMarks(folder, { ...secrets, [name]: 'A'.repeat(43) })).rejects.toThrow(/is not the one that this data was made with/)
    }
    await writeFile(path.join(folder, 'secret-marks.json'), '{')
    await expect(checkMarks(folder, secrets)).rejects.toThrow(/cannot be read/)
  })

  it('are never made anew once there may be something sealed with them', async () => {
    await settleSecrets(folder, false)
    await rm(path.join(folder, 'secrets', 'pepper'))
    await expect(settleSecrets(folder, true)).rejects.toThrow(/pepper is missing.*restore the file from a backup/)
    expect(await readdir(path.join(folder, 'secrets'))).not.toContain('pepper')
  })
})
