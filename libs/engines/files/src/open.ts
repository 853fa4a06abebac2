import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Access } from '@tenantry/engines-contract'

type Limits = NonNullable<NonNullable<ConstructorParameters<typeof DatabaseSync>[1]>['limits']>

export interface OpenRules {
  readonly access: Access
  /** What is kept in memory of the file, in KiB. */
  readonly cacheKib: number
  readonly limits?: Limits
}

export const mainFile = (folder: string): string => path.join(folder, 'main.db')

const busyMs = 2_000

const settings = [
  'PRAGMA synchronous=FULL', 'PRAGMA trusted_schema=OFF', 'PRAGMA cell_size_check=ON', 'PRAGMA mmap_size=0', 'PRAGMA temp_store=FILE',
  'PRAGMA journal_size_limit=16777216',
]

const readsBack = (database: DatabaseSync, pragma: string): unknown => Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]

const checkDurable = (database: DatabaseSync): void => {
  if (readsBack(database, 'synchronous') !== 2) throw new Error('SQLite did not take synchronous=FULL.')
  if (readsBack(database, 'journal_mode') !== 'wal') throw new Error('The database is not in WAL mode.')
}

/** Opens a database's file so that what it says is kept is kept. A reading connection cannot write, whatever it is asked. */
export const openFile = (folder: string, { access, cacheKib, limits }: OpenRules): DatabaseSync => {
  const database = new DatabaseSync(mainFile(folder), {
    readOnly: access === 'read',
    defensive: true,
    enableForeignKeyConstraints: true,
    allowExtension: false,
    // From the first touch on: the child that had the database may be closing it, and has the file to itself while it does.
    timeout: busyMs,
    ...(limits && { limits }),
  })
  try {
    for (const setting of [...settings, `PRAGMA cache_size=-${cacheKib}`]) database.exec(setting)
    if (access === 'read') database.exec('PRAGMA query_only=ON')
    checkDurable(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const pageBytes = 4096

/** Lets the file grow to `storageBytes` and no further. A file that is larger already keeps its size. */
export const limitStorage = (database: DatabaseSync, storageBytes: number): void => {
  database.exec(`PRAGMA max_page_count=${Math.max(2, Math.floor(storageBytes / pageBytes))}`)
}

/** Moves what the log holds into the main file and closes. A failure loses nothing: the log is read at the next open. */
export const closeFile = (database: DatabaseSync): void => {
  try {
    database.close()
  } catch {
    // A statement that is still open keeps the file open until the process ends.
  }
}
