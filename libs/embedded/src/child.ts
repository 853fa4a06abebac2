import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { signalProcess } from './process-table.js'

const tailLines = 20

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** False when nobody had asked the process to end. */
  readonly asked: boolean
}

/** A signal and how long to wait for its effect. */
export type StopStep = readonly [signal: NodeJS.Signals, seconds: number]

export interface Child {
  readonly pid: number
  readonly exited: Promise<Exit>
  hasExited(): boolean
  /** The last lines it wrote. */
  tail(): string
  /** Walks the steps until the process has ended; SIGKILL is always the last. A second call joins the first. */
  stop(steps: readonly StopStep[]): Promise<void>
}

export interface ChildOptions {
  readonly onLog?: (line: string) => void
  /** Variables that the program gets beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>
}

const endsWithin = async (exited: Promise<Exit>, seconds: number): Promise<boolean> => {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, seconds * 1_000, false)
  try {
    return await Promise.race([exited.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Starts a server in a process group of its own, so that a terminal's Ctrl-C reaches this process alone.
 * Rejects when the program cannot be run at all.
 */
export const startChild = async (command: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> => {
  // eslint-disable-next-line no-restricted-properties -- it is handed on whole, and nothing in it is read
  const env = { ...process.env, ...options.variables }
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > tailLines) lines.shift()
      options.onLog?.(line)
    })
  }

  let asked = false
  let stopping: Promise<void> | undefined
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal, asked })))
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => child.pid === undefined ? reject(new Error(`${command} has no process id.`)) : resolve(child.pid))
  })
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null

  const walk = async (steps: readonly StopStep[]): Promise<void> => {
    asked = true
    for (const [signal, seconds] of steps) {
      if (hasExited()) break
      signalProcess(pid, signal)
      if (await endsWithin(exited, seconds)) return
    }
    if (!hasExited()) signalProcess(-pid, 'SIGKILL')
    await exited
  }

  return { pid, exited, hasExited, tail: () => lines.join('\n'), stop: (steps) => (stopping ??= walk(steps)) }
}
