import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from '../cannot-start.js'
import { startChild, type Child, type Exit, type StopStep } from '../child.js'
import { dyingWithUs } from '../confine.js'
import { freePort } from '../free-port.js'
import { commandLineOf, signalProcess } from '../process-table.js'
import { waitFor } from '../wait.js'
import { findNats } from './find.js'
import { greetNats } from './handshake.js'

export interface NatsOptions {
  /** Holds the settings file, the process id and the streams. */
  readonly storeDir: string
  readonly token: string
  /** The port to prefer; a free one is taken when it is absent or taken. */
  readonly port?: number
  /** Clients look for the server at `port` and nowhere else: while that is taken the start fails. */
  readonly exactPort?: boolean
  /** The program to run; `findNats()` by default. */
  readonly binary?: string
  readonly onLog?: (line: string) => void
  readonly startSeconds?: number
  readonly signal?: AbortSignal
}

export interface Nats {
  readonly url: string
  readonly token: string
  readonly port: number
  readonly pid: number
  /** Settles when the server has ended, also when nobody asked it to. */
  readonly exited: Promise<Exit>
  /** Lets clients go and ends the server; a second call joins the first. */
  stop(): Promise<void>
}

const tries = 5
const stopSteps: readonly StopStep[] = [['SIGTERM', 10]]
const portTaken = /address already in use/

// The server reads it from there, so that it stands in no file.
const tokenVariable = 'TENANTRY_NATS_TOKEN'

// Without sync_interval the server acknowledges what a power cut may take back.
const settingsText = (options: { name: string; storeDir: string; port: number; pidFile: string }): string => `host: "127.0.0.1"
port: ${options.port}
server_name: ${options.name}
authorization { token: $${tokenVariable} }
jetstream { store_dir: ${JSON.stringify(path.join(options.storeDir, 'streams'))}, sync_interval: always }
pid_file: ${JSON.stringify(options.pidFile)}
lame_duck_duration: "30s"
`

/** Ends the server that an earlier run left behind on this store; a stranger under its old process id is left alone. */
const reapNats = async (settingsFile: string, pidFile: string): Promise<void> => {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  const isOurs = async (): Promise<boolean> => pid > 1 && (await commandLineOf(pid))?.includes(settingsFile) === true
  for (const [signal, seconds] of [['SIGTERM', 5], ['SIGKILL', 5]] as const) {
    if (!await isOurs()) break
    signalProcess(pid, signal)
    if (await waitFor(async () => await isOurs() ? undefined : true, seconds)) break
    if (signal === 'SIGKILL') throw new CannotStart(`Another nats-server works with ${settingsFile} and does not end: stop it first.`)
  }
  await rm(pidFile, { force: true })
}

// The name tells our server from another one that holds the port already.
const settled = async (child: Child, name: string, port: number, options: NatsOptions): Promise<Child | undefined> => {
  const { token, startSeconds = 60, signal } = options
  try {
    const state = await waitFor(async () => {
      if (child.hasExited()) return 'gone'
      return (await greetNats(port, token, 1))?.['server_name'] === name ? 'ready' : undefined
    }, startSeconds, signal)
    if (state === 'ready') return child
    if (state === undefined) throw new CannotStart(`The nats-server was not ready after ${startSeconds} seconds: ${child.tail()}`)
  } catch (error) {
    await child.stop([])
    throw error
  }
  await child.exited
  if (portTaken.test(child.tail())) return undefined
  throw new CannotStart(`The nats-server ended at its start: ${child.tail()}`)
}

/** Starts a NATS server with JetStream on `storeDir`. What an earlier run left running there is ended first. */
export const startNats = async (options: NatsOptions): Promise<Nats> => {
  const storeDir = path.resolve(options.storeDir)
  const settingsFile = path.join(storeDir, 'nats.conf')
  const pidFile = path.join(storeDir, 'nats.pid')
  const binary = options.binary ?? await findNats()
  await mkdir(storeDir, { recursive: true, mode: 0o700 })
  await reapNats(settingsFile, pidFile)

  for (let attempt = 1; attempt <= (options.exactPort ? 1 : tries); attempt += 1) {
    const port = options.port && attempt === 1 ? options.port : await freePort()
    const name = `tenantry-${randomBytes(6).toString('hex')}`
    await rm(settingsFile, { force: true })
    await writeFile(settingsFile, settingsText({ name, storeDir, port, pidFile }), { mode: 0o600 })
    const [command = '', ...args] = await dyingWithUs([binary, '-c', settingsFile])
    const child = await settled(await startChild(command, args, { variables: { [tokenVariable]: JSON.stringify(options.token) }, ...(options.onLog && { onLog: options.onLog }) }), name, port, options)
    if (child) {
      return {
        url: `nats://127.0.0.1:${port}`, token: options.token, port, pid: child.pid, exited: child.exited, stop: () => child.stop(stopSteps),
      }
    }
  }
  throw new CannotStart(options.exactPort ? `The nats-server cannot have port ${options.port}: another program has taken it.` : `The nats-server found no free port in ${tries} tries.`)
}
