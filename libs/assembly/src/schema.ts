import { migrate, newerFault, schemaFault, storageProblem } from '@tenantry/persistence'
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

const refuseNewer = async (source: DataSource, schema: string): Promise<void> => {
  const fault = await newerFault(source, schema)
  if (fault) throw new Exit(fault)
}

/** Refuses a schema that only a newer program understands, and changes nothing. Throws Exit. */
export const checkSchema = (source: DataSource, schema: string): Promise<void> => connected(source, () => refuseNewer(source, schema))

/** Brings a service's schema up and lets go of the database again. Throws Exit when a newer program has made it. */
export const migrateSchema = (source: DataSource, schema: string): Promise<void> => connected(source, async () => {
  await refuseNewer(source, schema)
  await migrate(source, schema)
})

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
