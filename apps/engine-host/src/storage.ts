import { cp, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { EngineName } from '@tenantry/contracts'
import { DatabaseIdSchema, Problem } from '@tenantry/contracts'
import type { DatabaseAt, Observed, StoredDatabase } from '@tenantry/engines-contract'

type Name = Pick<DatabaseAt, 'database' | 'generation'>
type Named = Name & { readonly engine: EngineName }

/** Told after each step that changes the disk; tests stop the work there. */
export type AfterStep = (step: string) => void

const exists = async (file: string): Promise<boolean> => {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw error
  }
}

const sync = async (file: string): Promise<void> => {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const touch = async (file: string): Promise<void> => {
  const handle = await open(file, 'a', 0o600)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

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

  async observe(name: Name): Promise<Observed> {
    const folder = this.folder(name)
    if (await exists(`${folder}.purged`)) return 'purged'
    if (await exists(folder)) return await exists(path.join(folder, 'stopped')) ? 'stopped' : 'running'
    return await exists(`${folder}.deleted`) ? 'removed' : 'absent'
  }

  async ensure(name: Named): Promise<void> {
    const seen = await this.observe(name)
    if (seen === 'removed' || seen === 'purged') throw wrongState('This generation of the database was removed; it is not made a second time.')
    if (seen === 'absent') await this.make(name, this.folder(name))
  }

  async stop(name: Name): Promise<void> {
    const seen = await this.living(name)
    if (seen === 'stopped') return
    await touch(path.join(this.folder(name), 'stopped'))
    await sync(this.folder(name))
  }

  async start(name: Name): Promise<void> {
    const seen = await this.living(name)
    if (seen === 'running') return
    await rm(path.join(this.folder(name), 'stopped'), { force: true })
    await sync(this.folder(name))
  }

  async remove(name: Named): Promise<void> {
    const seen = await this.observe(name)
    if (seen === 'removed' || seen === 'purged') return
    const removed = `${this.folder(name)}.deleted`
    // What was never made is made as removed, so that a late wish to make it is refused like any other.
    if (seen === 'absent') return this.make(name, removed)
    await rename(this.folder(name), removed)
    this.after('renamed')
    await sync(path.dirname(removed))
  }

  async restore(name: Name): Promise<void> {
    const seen = await this.observe(name)
    if (seen === 'running' || seen === 'stopped') return
    if (seen === 'purged') throw wrongState('The data of this database was purged; it cannot be brought back.')
    if (seen === 'absent') throw new Problem('DatabaseNotFound', 'There is no such database.')
    await rename(`${this.folder(name)}.deleted`, this.folder(name))
    this.after('renamed')
    await sync(path.dirname(this.folder(name)))
  }

  async purge(name: Named): Promise<void> {
    const seen = await this.observe(name)
    if (seen === 'running' || seen === 'stopped') throw wrongState('Only a removed database can be purged.')
    const folder = this.folder(name)
    if (seen !== 'purged') {
      await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 })
      await touch(`${folder}.purged`)
      await sync(path.dirname(folder))
      this.after('marked')
    }
    await rm(`${folder}.deleted`, { recursive: true, force: true })
    await sync(path.dirname(folder))
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
    return Promise.all(all.map(async (generation) => ({ databaseId: database, generation, observed: await this.observe({ database, generation }) })))
  }

  private async living(name: Name): Promise<'running' | 'stopped'> {
    const seen = await this.observe(name)
    if (seen === 'running' || seen === 'stopped') return seen
    if (seen === 'absent') throw new Problem('DatabaseNotFound', 'There is no such database.')
    throw wrongState('The database was removed; bring it back first.')
  }

  /** Everything is written and synced under another name: the rename is the moment at which the database exists, whole. */
  private async make(name: Named, folder: string): Promise<void> {
    const parent = path.dirname(folder)
    const draft = path.join(parent, `.${path.basename(folder)}.making`)
    const isNew = await mkdir(parent, { recursive: true, mode: 0o700 }) !== undefined
    if (isNew) await sync(this.tenants)
    else await rm(draft, { recursive: true, force: true })
    this.after('parent')
    await cp(path.join(this.templates, name.engine), draft, { recursive: true })
    this.after('copied')
    for (const file of await readdir(draft)) await sync(path.join(draft, file))
    await sync(draft)
    this.after('synced')
    await rename(draft, folder)
    this.after('renamed')
    await sync(parent)
  }
}
