import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseIdSchema } from '@tenantry/contracts'
import { connectEngineHost } from '@tenantry/engines-host'
import type { EngineHost } from '@tenantry/engines-host'
import { monotonicMs } from '@tenantry/engines-contract'
import type { Answer, QueryAsk, Target } from '@tenantry/engines-contract'

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export const newTarget = (storageBytes = 50_000_000): Target => ({
  databaseId: DatabaseIdSchema.parse(randomUUID()), generation: 1, engine: 'sqlite', node: 'local', limits: { storageBytes },
})

export const newFolder = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `${name}-`))

/** Waits until `reached` holds; fails after the deadline. What a time is promised for is given that time and a machine's clock. */
export const until = async (reached: () => boolean | Promise<boolean>, what: string, withinMs = 20_000, clock: { now(): number } = performance): Promise<void> => {
  const deadline = clock.now() + withinMs
  while (!await reached()) {
    if (clock.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Whether a process is there and not merely waiting to be counted as dead. */
export const alive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** A host of its own process, as it runs in production. */
export class HostProcess {
  private constructor(readonly dataFolder: string, readonly process: ChildProcess, readonly socketPath: string, readonly port: number | undefined) {}

  static async start(dataFolder: string, environment: Readonly<Record<string, string>> = {}): Promise<HostProcess> {
    const child = fork(program, { env: { DATA_DIR: dataFolder, LOG_LEVEL: 'silent', ENGINE_QUERIES_IN_FLIGHT: '8', ...environment }, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const message = await new Promise<{ socketPath: string; port?: number }>((resolve, reject) => {
      child.once('message', (ready) => resolve(ready as { socketPath: string; port?: number }))
      child.once('exit', () => reject(new Error(said.trim())))
    })
    return new HostProcess(dataFolder, child, message.socketPath, message.port)
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  /** Whether a statement has been running in any child for a while, by the children's own notes. */
  busy(forMs = 30): boolean {
    const folder = path.join(this.dataFolder, 'run')
    return readdirSync(folder).filter((name) => name.endsWith('.note')).some((name) => {
      const note = noteIn(path.join(folder, name))
      return note !== undefined && note.readUInt32LE(4) === 1 && monotonicMs() - note.readDoubleLE(8) > forMs
    })
  }

  /** The children that are alive now. */
  children(): readonly number[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(this.pid) && alive(pid)
      } catch {
        return false
      }
    })
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const ended = new Promise<number | null>((resolve) => this.process.once('exit', resolve))
    this.process.kill(signal)
    return ended
  }
}

/** A host in a folder of its own and a client of it. */
export class Bench {
  private constructor(readonly folder: string, public host: HostProcess, readonly client: EngineHost, private readonly environment: Readonly<Record<string, string>>) {}

  static async start(environment: Readonly<Record<string, string>> = {}, folder = newFolder('engine-host')): Promise<Bench> {
    const host = await HostProcess.start(folder, environment)
    return new Bench(folder, host, connectEngineHost({ socketPath: host.socketPath }), environment)
  }

  async restart(): Promise<void> {
    this.host = await HostProcess.start(this.folder, this.environment)
  }

  run(target: Target, text: string, more: Partial<QueryAsk> = {}, signal = AbortSignal.timeout(120_000)): Promise<Answer> {
    const { sql } = this.client.engine('sqlite')
    if (sql === undefined) throw new Error('no SQL')
    return sql.run(target, { text, access: 'write', limits: { seconds: 50, answerBytes: 10_000_000, answerRows: 100_000 }, ...more }, signal)
  }

  async rows(target: Target, text: string, more: Partial<QueryAsk> = {}): Promise<unknown> {
    return JSON.parse((await this.run(target, text, more)).data.toString())
  }

  /** A new database in which these statements have been run. */
  async database(...texts: readonly string[]): Promise<Target> {
    const target = newTarget()
    await this.client.engine('sqlite').lifecycle.ensure(target, AbortSignal.timeout(30_000))
    for (const text of texts) await this.run(target, text)
    return target
  }

  async close(): Promise<void> {
    this.client.close()
    await this.host.end()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'

/** A child's note; undefined when the child has ended meanwhile and its note with it, or has not noted anything yet. */
const noteIn = (file: string): Buffer | undefined => {
  try {
    const note = readFileSync(file)
    return note.length < 64 ? undefined : note
  } catch (error) {
    // Told by its shape: in a test an error of Node is of another realm than its classes here.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
