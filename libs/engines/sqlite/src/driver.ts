import type { EmbeddedDriver } from '@tenantry/engines-contract'
import { makeTemplate } from '@tenantry/engines-files'
import { SqliteDatabase } from './database.js'

/** SQLite as an engine of the host: see README.md for what a statement may do. An empty database takes four kilobytes. */
export const sqliteDriver: EmbeddedDriver = {
  name: 'sqlite',
  makeTemplate: (folder) => makeTemplate(folder, ''),
  open: (folder) => new SqliteDatabase(folder),
}
