import type { EmbeddedDriver } from '@tenantry/engines-contract'
import { makeTemplate } from '@tenantry/engines-files'
import { BitmapDatabase } from './database.js'
import { type SpaceRules, usualRules } from './space.js'
import { firstSchema } from './store/schema.sql.js'

/** Rows in SQLite and bitmaps over them, asked in PQL: see README.md. */
export const bitmapDriverWith = (rules: Partial<SpaceRules>): EmbeddedDriver => ({
  name: 'bitmap',
  makeTemplate: (folder) => makeTemplate(folder, firstSchema),
  open: (folder) => new BitmapDatabase(folder, { ...usualRules, ...rules }),
})

export const bitmapDriver = bitmapDriverWith({})
