import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EmbeddedDriver } from '@tenantry/engines-contract'
import { mainFile } from './connection.js'
import { SqliteDatabase } from './database.js'

const sync = (file: string): void => {
  const handle = openSync(file, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes the empty database that new ones are copied from: four kilobytes, already in WAL mode. */
const makeTemplate = (folder: string): void => {
  if (existsSync(mainFile(folder))) return
  const draft = `${folder}.making-${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(mainFile(draft))
  database.exec('PRAGMA page_size=4096; PRAGMA journal_mode=WAL; CREATE TABLE t(a); DROP TABLE t; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  sync(mainFile(draft))
  sync(draft)
  rmSync(folder, { recursive: true, force: true })
  renameSync(draft, folder)
  sync(path.dirname(folder))
}

/** SQLite as an engine of the host: see README.md for what a statement may do. */
export const sqliteDriver: EmbeddedDriver = {
  name: 'sqlite',
  makeTemplate,
  open: (folder) => new SqliteDatabase(folder),
}
