import { startPostgres } from '@tenantry/embedded'
import type { Logger } from '@tenantry/service'
import path from 'node:path'
import { type KeptServer, keepRunning } from './keep-running.js'

export const postgresFolder = (dataDir: string): string => path.join(dataDir, 'postgres')

const serious = /\b(?:PANIC|FATAL|ERROR):/

export const keepPostgres = async (dataDir: string, password: string, logger: Logger, signal: AbortSignal): Promise<KeptServer<Awaited<ReturnType<typeof startPostgres>>>> => {
  const onLog = (line: string): void => serious.test(line) ? logger.debug({ line }, 'postgres') : logger.trace({ line }, 'postgres')
  const options = { dataDir: postgresFolder(dataDir), password, durable: true, onLog }
  const first = await startPostgres({ ...options, signal })
  return await keepRunning('postgres', first, (stopping) => startPostgres({ ...options, port: first.port, exactPort: true, signal: stopping }), logger)
}
