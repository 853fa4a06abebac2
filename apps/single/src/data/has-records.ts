import { access } from 'node:fs/promises'
import path from 'node:path'
import { postgresFolder } from '../servers/postgres.js'
import { presentSchemas } from '../servers/schemas.js'

/** Whether this installation may already hold what its secrets have sealed. */
export const hasRecords = async (dataDir: string, databaseUrl: string | undefined, schemas: readonly string[]): Promise<boolean> => {
  if (databaseUrl !== undefined) return (await presentSchemas(databaseUrl, schemas)).length > 0
  try {
    await access(path.join(postgresFolder(dataDir), 'PG_VERSION'))
    return true
  } catch {
    return false
  }
}
