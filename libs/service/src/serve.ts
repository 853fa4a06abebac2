import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { runMain } from './exit.js'
import { type Listener, openServer } from './listener/open-server.js'
import type { Certificate } from './listener/encrypted.js'
import type { ListenerLimits } from './listener/fault.js'
import { type Logger, createLogger } from './logger.js'
import type { Readiness, RunningService } from './running.js'
import { privateHeaders } from './safe-headers.js'

/** How long a service says that it is not ready before it takes no new connection: whoever hands requests out looks elsewhere meanwhile. */
const lameDuckMs = 500

export interface AloneConfig {
  readonly host: string
  readonly port: number
  /** 0 opens a free port; the line that says so is in the log. */
  readonly adminPort: number
  readonly logLevel: string
  readonly drainSeconds: number
  readonly limits: ListenerLimits
}

export interface AloneService<C extends AloneConfig> {
  readonly name: string
  readonly parse: (env: NodeJS.ProcessEnv) => C
  readonly migrate?: (config: C, logger: Logger) => Promise<void>
  readonly create: (config: C, logger: Logger) => Promise<RunningService>
  /** The certificate to serve the port with; nothing where it speaks plain HTTP. */
  readonly certificate?: (config: C, logger: Logger) => Promise<Certificate | undefined>
}

/**
 * The whole `main` of a service in a process of its own: `main.js` serves, `main.js migrate` brings its schema up and ends.
 * SIGTERM and SIGINT drain, after a moment in which it is not ready and still answers; a second signal ends at once.
 */
export const serveAlone = <C extends AloneConfig>(service: AloneService<C>): void => runMain(async () => {
  const config = service.parse(process.env)
  const logger = createLogger(service.name, config.logLevel)
  if (process.argv[2] === 'migrate') return await service.migrate?.(config, logger)
  const tls = await service.certificate?.(config, logger)
  const running = await service.create(config, logger)
  let stopping = false
  const ready = async (): Promise<Readiness> => stopping ? draining : await running.ready()
  const admin = await openServer('127.0.0.1', config.adminPort, adminListener({ ...running, ready }))
  const { limits } = config
  const handle: Listener = (request, response) => stopping && request.url === '/readyz' ? notReady(response) : running.handle(request, response)
  const front = await openServer(config.host, config.port, handle, { limits, isProxy: running.isProxy, ...(running.wire && { wire: running.wire }), tls })
  logger.info({ port: front.port, adminPort: admin.port }, 'listening')
  onSignal(async (signal) => {
    logger.info({ signal }, 'draining')
    stopping = true
    front.saysClose()
    await delay(lameDuckMs)
    running.drain?.()
    await front.drain(config.drainSeconds * 1000)
    await running.close()
    await tls?.stop()
    await admin.drain(1000, 0)
  })
})

const draining: Readiness = { ok: false, checks: { process: 'it is ending' } }
const notReady = (response: ServerResponse): void =>
  void response.writeHead(503, { ...privateHeaders, 'content-type': 'application/json', 'retry-after': '1' }).end('{"ok":false}\n')

/** Calls `stop` once at the first SIGTERM or SIGINT and exits 0 after it; a second signal exits at once. */
export const onSignal = (stop: (signal: NodeJS.Signals) => Promise<void>, exit: (code: number) => void = process.exit): void => {
  let stopping = false
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) return exit(1)
    stopping = true
    stop(signal).then(() => exit(0), (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      exit(1)
    })
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
}

/** What an operator may ask on the loopback port: liveness, detailed readiness, metrics. */
export const adminListener = (service: RunningService): Listener => (request, response) => {
  const answer = (status: number, type: string, body: string): void => { response.writeHead(status, { ...privateHeaders, 'content-type': type }).end(body) }
  const fail = (error: unknown): void => answer(500, 'text/plain', error instanceof Error ? error.message : 'failed')
  if (request.url === '/healthz') return answer(200, 'text/plain', 'ok\n')
  if (request.url === '/readyz') {
    service.ready().then((seen) => answer(seen.ok ? 200 : 503, 'application/json', `${JSON.stringify(seen)}\n`), fail)
    return
  }
  if (request.url === '/metrics') {
    service.metrics().then((text) => answer(200, 'text/plain; version=0.0.4; charset=utf-8', text), fail)
    return
  }
  answer(404, 'text/plain', 'There is /healthz, /readyz and /metrics here.\n')
}
