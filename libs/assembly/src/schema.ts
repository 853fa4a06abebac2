import { migrate, schemaFault, storageProblem } from '@tenantry/persistence'
import { Exit } from '@tenantry/service'
import type { DataSource } from 'typeorm'

const connected = async <T>(source: DataSource, use: () => Promise<T>): Promise<T> => {
  if (!source.isInitialized) await source.initialize()
  try {
    return await use()
  } finally {
    await source.destroy()
  }
}

/** Brings a service's schema up and lets go of the database again. */
export const migrateSchema = async (source: DataSource, schema: string): Promise<void> => {
  await connected(source, () => migrate(source, schema))
}

/** Connects, waiting for a Postgres that is still starting, and refuses a schema that this program does not fit. */
export const openSource = async (source: DataSource, schema: string, patienceMs = 30_000): Promise<void> => {
  const end = Date.now() + patienceMs
  while (!source.isInitialized) {
    try {
      await source.initialize()
    } catch (error) {
      if (!storageProblem(error) || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  const fault = await schemaFault(source, schema)
  if (fault) throw new Exit(fault)
}
