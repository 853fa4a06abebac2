import { closeSync, copyFileSync, fsync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { EmbeddedEngineName } from '@tenantry/contracts'
import { DatabaseIdSchema, Problem } from '@tenantry/contracts'
import type { DatabaseAt, Observed, StoredDatabase } from '@tenantry/engines-contract'

type Name = Pick<DatabaseAt, 'database' | 'generation'>
type Named = Name & { readonly engine: EmbeddedEngineName }

/** Told after each step that changes the disk; tests stop the work there. */
export type AfterStep = (step: string) => void

// Entries of folders are looked at and changed at once, which takes microseconds; only what waits for the disk is awaited.
const sync = (file: string, flags: 'r' | 'a' = 'r'): Promise<void> => {
  const handle = openSync(file, flags, 0o600)
  return new Promise<void>((resolve, reject) => {
    fsync(handle, (error) => {
      closeSync(handle)
      if (error) reject(error)
      else resolve()
    })
  })
}

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined

/** Where a folder is made before it has its name. */
const draftOf = (folder: string): string => path.join(path.dirname(folder), `.${path.basename(folder)}.making`)

const wrongState = (message: string): Problem => new Problem('DatabaseInWrongState', message)

/**
 * The files of all databases: `<id>/<generation>/` while it lives, `<generation>.deleted/` while it can be brought back, and the mark
 * `<generation>.purged` for ever after. Each call may run twice and survives a crash at any step; calls for one database run one at a time.
 */
export class Storage {
  constructor(private readonly tenants: string, private readonly templates: string, private readonly after: AfterStep = () => undefined) {}

  folder({ database, generation }: Name): string {
    return path.join(this.tenants, database, String(generation))
  }

  observe(name: Name): Observed {
    const folder = this.folder(name)
    if (exists(`${folder}.purged`)) return 'purged'
    if (exists(folder)) return exists(path.join(folder, 'stopped')) ? 'stopped' : 'running'
    return exists(`${folder}.deleted`) ? 'removed' : 'absent'
  }

  async ensure(name: Named): Promise<void> {
    const seen = this.observe(name)
    if (seen === 'removed' || seen === 'purged') throw wrongState('This generation of the database was removed; it is not made a second time.')
    if (seen === 'absent') await this.make(name, this.folder(name))
  }

  async stop(name: Name): Promise<void> {
    const seen = this.living(name)
    if (seen === 'stopped') return
    await sync(path.join(this.folder(name), 'stopped'), 'a')
    await sync(this.folder(name))
  }

  async start(name: Name): Promise<void> {
    const seen = this.living(name)
    if (seen === 'running') return
    rmSync(path.join(this.folder(name), 'stopped'), { force: true })
    await sync(this.folder(name))
  }

  async remove(name: Named): Promise<void> {
    const seen = this.observe(name)
    if (seen === 'removed' || seen === 'purged') return
    const removed = `${this.folder(name)}.deleted`
    // What was never made is made as removed, so that a late wish to make it is refused like any other.
    if (seen === 'absent') {
      rmSync(draftOf(this.folder(name)), { recursive: true, force: true })
      return this.make(name, removed)
    }
    renameSync(this.folder(name), removed)
    this.after('renamed')
    await sync(path.dirname(removed))
  }

  async restore(name: Name): Promise<void> {
    const seen = this.observe(name)
    if (seen === 'running' || seen === 'stopped') return
    if (seen === 'purged') throw wrongState('The data of this database was purged; it cannot be brought back.')
    if (seen === 'absent') throw new Problem('DatabaseNotFound', 'There is no such database.')
    renameSync(`${this.folder(name)}.deleted`, this.folder(name))
    this.after('renamed')
    await sync(path.dirname(this.folder(name)))
  }

  async purge(name: Named): Promise<void> {
    const seen = this.observe(name)
    if (seen === 'running' || seen === 'stopped') throw wrongState('Only a removed database can be purged.')
    const folder = this.folder(name)
    if (seen !== 'purged') {
      mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 })
      await sync(`${folder}.purged`, 'a')
      await Promise.all([sync(path.dirname(folder)), sync(this.tenants)])
      this.after('marked')
    }
    for (const left of [`${folder}.deleted`, draftOf(folder), draftOf(`${folder}.deleted`)]) await rm(left, { recursive: true, force: true })
    await sync(path.dirname(folder))
  }

  /** The size of all files of a living database. One that goes while it is measured counts nothing. */
  async bytes(name: Name): Promise<number> {
    const folder = this.folder(name)
    const seen = this.observe(name)
    if (seen !== 'running' && seen !== 'stopped') throw new Problem('DatabaseNotFound', 'There is no such database.')
    return (await readdir(folder)).reduce((sum, file) => sum + (statSync(path.join(folder, file), { throwIfNoEntry: false })?.size ?? 0), 0)
  }

  /** What is on disk, in the order of ids, from after the id `after`. */
  async list(after: string, limit: number): Promise<readonly StoredDatabase[]> {
    const ids = (await readdir(this.tenants)).filter((id) => id > after && DatabaseIdSchema.safeParse(id).success).sort()
    const found: StoredDatabase[] = []
    for (const id of ids) {
      if (found.length >= limit) break
      found.push(...await this.generations(id))
    }
    return found
  }

  private async generations(id: string): Promise<readonly StoredDatabase[]> {
    const database = DatabaseIdSchema.parse(id)
    const names = await readdir(path.join(this.tenants, id))
    const numbers = new Set(names.map((name) => /^([1-9][0-9]*)(?:\.deleted|\.purged)?$/.exec(name)?.[1]).filter((text) => text !== undefined).map(Number))
    const all = [...numbers].sort((one, other) => one - other)
    return all.map((generation) => ({ databaseId: database, generation, observed: this.observe({ database, generation }) }))
  }

  private living(name: Name): 'running' | 'stopped' {
    const seen = this.observe(name)
    if (seen === 'running' || seen === 'stopped') return seen
    if (seen === 'absent') throw new Problem('DatabaseNotFound', 'There is no such database.')
    throw wrongState('The database was removed; bring it back first.')
  }

  /** Everything is written and synced under another name: the rename is the moment at which the database exists, whole. */
  private async make(name: Named, folder: string): Promise<void> {
    const parent = path.dirname(folder)
    const draft = draftOf(folder)
    const template = path.join(this.templates, name.engine)
    const isNew = mkdirSync(parent, { recursive: true, mode: 0o700 }) !== undefined
    if (!isNew) rmSync(draft, { recursive: true, force: true })
    this.after('parent')
    mkdirSync(draft, { mode: 0o700 })
    const files = readdirSync(template)
    for (const file of files) copyFileSync(path.join(template, file), path.join(draft, file))
    this.after('copied')
    await Promise.all([this.tenants, draft, ...files.map((file) => path.join(draft, file))].map((file) => sync(file)))
    this.after('synced')
    renameSync(draft, folder)
    this.after('renamed')
    await sync(parent)
  }
}
