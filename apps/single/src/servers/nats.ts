import path from 'node:path'
import { startNats } from '@tenantry/embedded'
import type { Logger } from '@tenantry/service'
import { type KeptServer, keepRunning } from './keep-running.js'

export const keepNats = async (dataDir: string, token: string, logger: Logger, signal: AbortSignal): Promise<KeptServer<Awaited<ReturnType<typeof startNats>>>> => {
  const options = { storeDir: path.join(dataDir, 'nats'), token, onLog: (line: string): void => logger.trace({ line }, 'nats') }
  const first = await startNats({ ...options, signal })
  return await keepRunning('nats', first, (stopping) => startNats({ ...options, port: first.port, exactPort: true, signal: stopping }), logger)
}
