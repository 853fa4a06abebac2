import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export const standIn = path.join(import.meta.dirname, 'stand-in.mjs')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

export interface Single {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** The url of the ready line. Rejects when the process ends before it prints one. */
  readonly ready: Promise<string>
  output(): string
}

const started: Single[] = []
const readyLine = /^Tenantry is ready: (\S+)\r?$/m

/** Starts a program that stays and says when it is ready. Without a port it takes a free one. */
export const startProgram = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): Single => {
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], PORT: '0', BCRYPT_COST: '4', ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>()
  ready.catch(() => undefined)
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    const url = readyLine.exec(output)?.[1]
    if (url !== undefined) resolve(url)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close').then(([code, signal]) => {
    reject(new Error(`It ended before it was ready: ${output}`))
    return { code, signal, output } as Ended
  })
  const single = { process: child, ended, ready, output: () => output }
  started.push(single)
  return single
}

export const startSingle = (env: Readonly<Record<string, string>>, entry = standIn): Single => startProgram(process.execPath, [entry], env)

/** Kills what a failed test has left. */
export const killStarted = async (): Promise<void> => {
  for (const single of started.splice(0)) {
    single.process.kill('SIGKILL')
    await single.ended
  }
}

const mentions = async (pid: string, text: string): Promise<boolean> => {
  const facts = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''), readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ])
  return facts.some((fact) => fact.includes(text))
}

/** Every living process that has to do with a data directory: by its command line, its variables or its working directory. */
export const processesOf = async (dataDir: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map(async (pid) => await mentions(pid, dataDir) ? Number(pid) : undefined))
  return found.filter((pid) => pid !== undefined)
}

/** Waits until a condition holds. Throws when it does not within the deadline. */
export const until = async (what: string, holds: () => Promise<boolean>, seconds = 30): Promise<void> => {
  for (const deadline = performance.now() + seconds * 1_000; !await holds();) {
    if (performance.now() > deadline) throw new Error(`Not within ${seconds} seconds: ${what}`)
    await delay(20)
  }
}

export const nobodyIsLeft = (dataDir: string): Promise<void> =>
  until(`no process of ${dataDir} is left`, async () => (await processesOf(dataDir)).length === 0)
