import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { dyingWithUs } from '@tenantry/embedded'
import { Exit } from '@tenantry/service'
import type { Server } from './keep-running.js'

export interface EngineHostOptions {
  readonly dataDir: string
  readonly socket: string
  readonly logLevel: string
  readonly drainSeconds: number
  /** Further variables of the host: ENGINE_… */
  readonly settings: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const startSeconds = 60
const program = fileURLToPath(import.meta.resolve('@tenantry/engine-host').replace(/index\.js$/, 'main.js'))

/** Starts the process that owns the embedded databases; settles when it takes clients. It gets no secret of ours. */
export const startEngineHost = async (options: EngineHostOptions): Promise<Server> => {
  const { dataDir, socket, logLevel, drainSeconds, settings, signal } = options
  const [command = '', ...args] = await dyingWithUs([process.execPath, '--max-semi-space-size=2', '--disable-warning=ExperimentalWarning', program])
  const child = spawn(command, args, {
    detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...settings, DATA_DIR: dataDir, ENGINE_SOCKET: socket, LOG_LEVEL: logLevel, DRAIN_SECONDS: String(drainSeconds) },
  })
  let asked = false
  const exited = new Promise<Awaited<Server['exited']>>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null, asked }))
    child.once('exit', (code, signalName) => resolve({ code, signal: signalName, asked }))
  })
  const stop = async (): Promise<void> => {
    asked = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), (drainSeconds + 5) * 1_000)
    await exited
    clearTimeout(timer)
  }

  const { promise: late, resolve: giveUp } = Promise.withResolvers<string>()
  const timer = setTimeout(giveUp, startSeconds * 1_000, 'was not ready in time')
  const callOff = (): void => giveUp('was called off')
  signal?.addEventListener('abort', callOff, { once: true })
  const ready = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')))
  const outcome = await Promise.race([ready, late, exited.then(({ code }) => `ended at its start with ${code}`)])
  clearTimeout(timer)
  signal?.removeEventListener('abort', callOff)
  if (outcome === 'ready' && child.pid !== undefined) return { pid: child.pid, exited, stop }
  asked = true
  child.kill('SIGKILL')
  await exited
  signal?.throwIfAborted()
  throw new Exit(`The engine host ${outcome}.`, 1)
}
