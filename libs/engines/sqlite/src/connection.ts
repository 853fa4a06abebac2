import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Access } from '@tenantry/engines-contract'
import { makeGate } from './authorizer.js'
import type { Gate } from './authorizer.js'

export interface Connection {
  readonly database: DatabaseSync
  readonly gate: Gate
}

export const mainFile = (folder: string): string => path.join(folder, 'main.db')

const limits = {
  // One value, one row and one JSON answer are at most this long, which keeps the memory of a statement flat.
  length: 16_000_000,
  sqlLength: 12_000_000,
  column: 2_000,
  exprDepth: 1_000,
  compoundSelect: 500,
  vdbeOp: 250_000,
  functionArg: 127,
  attach: 0,
  likePatternLength: 1_000,
  variableNumber: 1_000,
  triggerDepth: 10,
} as const

const busyMs = 2_000

const settings = [
  'PRAGMA synchronous=FULL', 'PRAGMA trusted_schema=OFF', 'PRAGMA cell_size_check=ON', 'PRAGMA mmap_size=0', 'PRAGMA temp_store=FILE',
  'PRAGMA journal_size_limit=16777216', 'PRAGMA cache_size=-1024',
]

const readsBack = (database: DatabaseSync, pragma: string): unknown => Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]

const checkDurable = (database: DatabaseSync): void => {
  if (readsBack(database, 'synchronous') !== 2) throw new Error('SQLite did not take synchronous=FULL.')
  if (readsBack(database, 'journal_mode') !== 'wal') throw new Error('The database is not in WAL mode.')
}

/** Opens the file with every limit set and the authorizer on. A reading connection cannot write, whatever it is asked. */
export const connect = (folder: string, access: Access): Connection => {
  const database = new DatabaseSync(mainFile(folder), {
    readOnly: access === 'read',
    defensive: true,
    enableForeignKeyConstraints: true,
    allowExtension: false,
    // From the first touch on: the child that had the database may be closing it, and has the file to itself while it does.
    timeout: busyMs,
    limits,
  })
  try {
    for (const setting of settings) database.exec(setting)
    if (access === 'read') database.exec('PRAGMA query_only=ON')
    checkDurable(database)
    const gate = makeGate()
    database.setAuthorizer(gate.authorize)
    return { database, gate }
  } catch (error) {
    database.close()
    throw error
  }
}

const pageBytes = 4096

/** Lets the file grow to `storageBytes` and no further. A file that is larger already keeps its size. */
export const limitStorage = ({ database, gate }: Connection, storageBytes: number): void => {
  gate.trusted = true
  try {
    database.exec(`PRAGMA max_page_count=${Math.max(2, Math.floor(storageBytes / pageBytes))}`)
  } finally {
    gate.trusted = false
  }
}

/** Moves what the log holds into the main file and closes. A failure loses nothing: the log is read at the next open. */
export const disconnect = ({ database }: Connection): void => {
  try {
    database.close()
  } catch {
    // A statement that is still open keeps the file open until the process ends.
  }
}
