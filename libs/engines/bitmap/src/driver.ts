import type { EmbeddedDriver } from '@tenantry/engines-contract'
import { makeTemplate } from '@tenantry/engines-files'
import { BitmapDatabase } from './database.js'
import { firstSchema } from './store/schema.sql.js'

/** Rows in SQLite and bitmaps over them, asked in PQL: see README.md. */
export const bitmapDriver: EmbeddedDriver = {
  name: 'bitmap',
  makeTemplate: (folder) => makeTemplate(folder, firstSchema),
  open: (folder) => new BitmapDatabase(folder),
}
