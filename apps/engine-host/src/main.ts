import { adminListener, createLogger, onSignal, openServer, runMain } from '@tenantry/service'
import { parseEngineHostConfig } from './config.js'
import { startEngineHost } from './host.js'

runMain(async () => {
  const config = parseEngineHostConfig(process.env)
  const log = createLogger('engine-host', config.logLevel)
  const host = await startEngineHost(config, log)
  const admin = config.adminPort === undefined
    ? undefined
    : await openServer('127.0.0.1', config.adminPort, adminListener({ name: 'engine-host', handle: (_, response) => void response.end(), ...host }))
  const stop = async (): Promise<void> => {
    await host.close()
    await admin?.drain(1_000, 0)
  }
  onSignal(async (signal) => {
    log.info({ signal }, 'draining')
    await stop()
  })
  // A host that was forked belongs to its parent: it ends with it.
  process.once('disconnect', () => {
    log.warn({}, 'the parent process has ended; draining')
    stop().then(() => process.exit(0), () => process.exit(1))
  })
  process.send?.({ type: 'ready', socketPath: host.socketPath, port: host.port })
})
