import type { DatabaseSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import { fileVersion, upgrades } from './schema.sql.js'

const versionOf = (file: DatabaseSync): number => (file.prepare('SELECT version FROM format').get() as { version: number }).version

/** Brings a file that an older version made to this one's, wholly or not at all. Throws EngineUnavailable for a newer one's. */
export const upgrade = (file: DatabaseSync): void => {
  const found = versionOf(file)
  if (found === fileVersion) return
  if (found > fileVersion) throw new EngineRefusal('EngineUnavailable', 'This database was written by a newer version of this software; run that one.')
  file.exec('BEGIN IMMEDIATE')
  try {
    for (let version = found; version < fileVersion; version += 1) file.exec(upgrades[version] ?? '')
    file.prepare('UPDATE format SET version = ?').run(fileVersion)
    file.exec('COMMIT')
  } catch (error) {
    file.exec('ROLLBACK')
    throw error
  }
}
