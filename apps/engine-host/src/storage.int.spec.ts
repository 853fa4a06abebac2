import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Problem } from '@tenantry/contracts'
import type { Observed } from '@tenantry/engines-contract'
import { sqliteDriver } from '@tenantry/engines-sqlite'
import { Storage } from './storage.js'
import { newFolder, newTarget } from './testing/host-process.js'

class Crash extends Error {}

describe('the files of databases', () => {
  const root = newFolder('storage')
  const tenants = path.join(root, 'tenants')
  const templates = path.join(root, 'templates')
  mkdirSync(tenants)
  sqliteDriver.makeTemplate(path.join(templates, 'sqlite'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const storage = new Storage(tenants, templates)
  const newName = () => ({ database: newTarget().databaseId, generation: 1, engine: 'sqlite' as const })
  type Name = ReturnType<typeof newName>
  const isWhole = (folder: string): boolean => {
    const database = sqliteDriver.open(folder, { storageBytes: 1_000_000 })
    try {
      const ask = { access: 'write', language: 'sql', limits: { seconds: 1, answerBytes: 1_000, answerRows: 10 } } as const
      return database.run({ ...ask, text: 'pragma integrity_check' }, { storageBytes: 1_000_000 }).data.toString() === '[["ok"]]'
    } finally {
      database.close()
    }
  }
  /** Does the work in a process that dies after the named step, as far as the disk can tell. */
  const crashing = async (step: string, work: (dying: Storage) => Promise<void>): Promise<void> => {
    const dying = new Storage(tenants, templates, (done) => {
      if (done === step) throw new Crash()
    })
    await expect(work(dying)).rejects.toBeInstanceOf(Crash)
  }

  it.each([['parent', 'absent'], ['copied', 'absent'], ['synced', 'absent'], ['renamed', 'running']] as const)(
    'a crash after the step "%s" of making one leaves it %s, and the next try makes it whole', async (step, seen) => {
      const name = newName()
      await crashing(step, (dying) => dying.ensure(name))
      expect(storage.observe(name)).toBe(seen)
      await storage.ensure(name)
      expect(isWhole(storage.folder(name))).toBe(true)
      expect(readdirSync(path.dirname(storage.folder(name)))).toEqual(['1'])
    })

  it.each(['parent', 'copied', 'synced'])('nothing is left of one whose making ended after the step "%s" and that is not wanted any more', async (step) => {
    const name = newName()
    await crashing(step, (dying) => dying.ensure(name))
    await crashing(step, (dying) => dying.remove(name))
    await storage.remove(name)
    expect(readdirSync(path.dirname(storage.folder(name)))).toEqual(['1.deleted'])
    await storage.purge(name)
    expect(readdirSync(path.dirname(storage.folder(name)))).toEqual(['1.purged'])
  })

  it.each<[string, string, (on: Storage, name: Name) => Promise<void>, Observed]>([
    ['remove', 'renamed', (on, name) => on.remove(name), 'removed'],
    ['restore', 'renamed', async (on, name) => { await storage.remove(name); await on.restore(name) }, 'running'],
    ['purge', 'marked', async (on, name) => { await storage.remove(name); await on.purge(name) }, 'purged'],
  ])('a crash in the midst of %s leaves the old state or the new', async (_, step, work, seen) => {
    const name = newName()
    await storage.ensure(name)
    await crashing(step, (dying) => work(dying, name))
    expect(storage.observe(name)).toBe(seen)
    await work(storage, name).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
    })
    expect(storage.observe(name)).toBe(seen)
  })

  it('purged data is gone from the disk, but for a mark', async () => {
    const name = newName()
    await storage.ensure(name)
    await storage.remove(name)
    await crashing('marked', (dying) => dying.purge(name))
    expect(existsSync(`${storage.folder(name)}.deleted`)).toBe(true)
    await storage.purge(name)
    expect(readdirSync(path.dirname(storage.folder(name)))).toEqual(['1.purged'])
    expect(readFileSync(`${storage.folder(name)}.purged`)).toHaveLength(0)
  })

  it('what was removed before it was made can be brought back, empty', async () => {
    const name = newName()
    await storage.remove(name)
    expect(storage.observe(name)).toBe('removed')
    await storage.restore(name)
    expect(isWhole(storage.folder(name))).toBe(true)
  })

  it('a stopped database is stopped still when it comes back', async () => {
    const name = newName()
    await storage.ensure(name)
    await storage.stop(name)
    await storage.remove(name)
    await storage.restore(name)
    expect(storage.observe(name)).toBe('stopped')
  })

  it('are made in little more time than the disk takes', async () => {
    const fastest = async (work: (round: number) => unknown): Promise<number> => {
      const times: number[] = []
      for (let round = 0; round < 40; round += 1) {
        const began = performance.now()
        await work(round)
        times.push(performance.now() - began)
      }
      return Math.min(...times)
    }
    const sync = (file: string) => {
      const handle = openSync(file, 'r')
      fsyncSync(handle)
      closeSync(handle)
    }
    const bare = await fastest((round) => {
      const folder = path.join(root, 'bare', String(round))
      mkdirSync(path.join(folder, '1'), { recursive: true })
      copyFileSync(path.join(templates, 'sqlite', 'main.db'), path.join(folder, '1', 'main.db'))
      for (const file of [path.join(folder, '1', 'main.db'), path.join(folder, '1'), folder, path.dirname(folder)]) sync(file)
    })
    expect(await fastest(() => storage.ensure(newName()))).toBeLessThan(Math.max(2, 4 * bare))
  })
})
