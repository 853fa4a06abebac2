import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { mainFile } from './open.js'

const sync = (file: string): void => {
  const handle = openSync(file, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/**
 * Makes the folder that new databases are copied from, already in WAL mode and with what `statements` put into it; finds it there when
 * it was made before.
 */
export const makeTemplate = (folder: string, statements: string): void => {
  if (existsSync(mainFile(folder))) return
  const draft = `${folder}.making-${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(mainFile(draft))
  database.exec(`PRAGMA page_size=4096; PRAGMA journal_mode=WAL; CREATE TABLE t(a); DROP TABLE t; ${statements}; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)`)
  database.close()
  sync(mainFile(draft))
  sync(draft)
  rmSync(folder, { recursive: true, force: true })
  renameSync(draft, folder)
  sync(path.dirname(folder))
}
