import { readdir } from 'node:fs/promises'
import { presentSchemas } from '../servers/schemas.js'
import { isOwnName } from './data-directory.js'

/**
 * Whether this installation may already hold what its secrets have sealed. They are the first that a start makes: whatever else
 * lies in the directory came after all of them.
 */
export const hasRecords = async (dataDir: string, databaseUrl: string | undefined, schemas: readonly string[]): Promise<boolean> => {
  const later = (await readdir(dataDir)).filter((name) => !isOwnName(name) && name !== 'secrets')
  if (later.length > 0) return true
  return databaseUrl !== undefined && (await presentSchemas(databaseUrl, schemas)).length > 0
}
