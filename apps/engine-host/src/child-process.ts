import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildOptions, FromEngineChild, OwnedDatabase, ToEngineChild } from './child/messages.js'
import { NoteReader } from './note.js'
import { systemProgram } from './system-program.js'
import { letOthersFirst } from './yielding.js'

const program = fileURLToPath(new URL('./child/main.js', import.meta.url))
const [setpriv, prlimit] = [systemProgram('setpriv'), systemProgram('prlimit')]
// Several threads that collect garbage cost more than they save where the other processors have work of their own.
const nodeOptions = ['--single-threaded-gc', '--max-semi-space-size=2', '--max-old-space-size=384', '--disable-warning=ExperimentalWarning']

/** What Node sets aside for itself and for the most part never touches. */
const reservedBytes = 1024 * 1024 * 1024

/**
 * The command that starts a child. Where the system can, the kernel ends it together with the host, refuses it memory past what a
 * statement may use, however quickly that is asked for, and keeps no image of it.
 */
const commandOf = (options: ChildOptions, memoryBytes: number): readonly [string, readonly string[]] => {
  const [command, ...args] = [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--']),
    ...(prlimit === undefined ? [] : [prlimit, `--data=${reservedBytes + memoryBytes}`, '--core=0', '--']),
    process.execPath, ...nodeOptions, program, JSON.stringify(options),
  ]
  return [command ?? process.execPath, args]
}

const mostWordsBytes = 2_000
const heldUpAfterMs = 100

export interface ChildEvents {
  onMessage(child: EngineChild, message: FromEngineChild): void
  /** What the child, or Node in it, wrote on its standard error: the reason of a crash. */
  onWords(child: EngineChild, words: string): void
  onExit(child: EngineChild): void
}

export type ChildState = 'starting' | 'ready' | 'closing' | 'ended'

/** One child process and what the host knows of it. */
export class EngineChild {
  readonly socket: string
  readonly note: NoteReader
  readonly owned = new Map<number, OwnedDatabase>()
  /** The org whose databases alone may run here; undefined while the child is for everybody. */
  apartFor: string | undefined
  /** Whether it lets others run first. That cannot be taken back without privilege. */
  yielding = false
  /** The database that was seen busy here again and again. */
  crowding: { readonly slot: number; readonly looks: number } | undefined
  state: ChildState = 'starting'
  /** Whether it is being ended, whatever it does. */
  doomed = false
  /** Whether it has ever been ready: one that never was is not started again at once. */
  served = false
  /** Since when nothing has run here, in monotonic milliseconds; undefined while something runs. */
  idleSince: number | undefined
  /** Its memory when it was ready, and when it was last seen at rest. */
  bornBytes = 0
  restingBytes = 0
  /** The statement seen last, and what memory and processor time there was before it as far as could be seen. */
  measured: { readonly sequence: number; readonly bytes: number; readonly processorMs: number } | undefined
  private readonly process: ChildProcess
  private readonly temporary: string

  constructor(readonly number: number, run: string, limits: Omit<ChildOptions, 'socket' | 'note'> & { readonly memoryBytes: number }, events: ChildEvents) {
    this.socket = path.join(run, `child-${number}.sock`)
    this.temporary = path.join(run, `child-${number}.tmp`)
    this.clear()
    mkdirSync(this.temporary, { mode: 0o700 })
    const note = path.join(run, `child-${number}.note`)
    this.note = new NoteReader(note)
    const { memoryBytes, ...rest } = limits
    const [command, args] = commandOf({ socket: this.socket, note, ...rest }, memoryBytes)
    // An empty environment: nothing the host was given is in reach of a statement.
    this.process = spawn(command, args, { cwd: this.temporary, env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true })
    this.process.stderr?.on('data', (words: Buffer) => events.onWords(this, words.toString('utf8', 0, mostWordsBytes).trim()))
    this.process.on('message', (message) => events.onMessage(this, message as FromEngineChild))
    const ended = () => {
      if (this.state === 'ended') return
      this.state = 'ended'
      events.onExit(this)
      this.note.close()
      this.clear()
      rmSync(note, { force: true })
    }
    // A child that could not even be started has no exit.
    this.process.on('error', () => (this.pid === undefined ? ended() : this.end()))
    this.process.once('exit', ended)
  }

  get pid(): number | undefined {
    return this.process.pid
  }

  tell(message: ToEngineChild): void {
    if (this.process.connected) this.process.send(message, () => undefined)
  }

  /** Whether it is in a statement that is not a quick one. */
  isHeldUp(now: number): boolean {
    return now - (this.note.read()?.startedMs ?? now) > heldUpAfterMs
  }

  /** Ends the child now, whatever it is doing. */
  end(): void {
    this.doomed = true
    this.process.kill('SIGKILL')
  }

  /** Lets others run first, from now on. */
  yield(): void {
    if (this.yielding) return
    this.yielding = true
    if (this.pid !== undefined) letOthersFirst(this.pid)
  }

  /** The processor time it has used so far. */
  processorMs(): number {
    return this.tryRead(() => {
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10
    })
  }

  memoryBytes(): number {
    return this.tryRead(() => Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]) * 4096)
  }

  /** What SQLite has spilled to files that have no name any more. */
  temporaryBytes(): number {
    return this.tryRead(() => {
      const folder = `/proc/${this.pid}/fd`
      return readdirSync(folder).reduce((sum, name) => {
        const found = statSync(path.join(folder, name), { throwIfNoEntry: false })
        return found?.isFile() === true && found.nlink === 0 ? sum + found.size : sum
      }, 0)
    })
  }

  /** The size of the files of the database in this slot. */
  storedBytes(slot: number): number {
    return this.tryRead(() => {
      const folder = this.owned.get(slot)?.folder ?? ''
      return readdirSync(folder).reduce((sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
    })
  }

  private clear(): void {
    rmSync(this.socket, { force: true })
    rmSync(this.temporary, { recursive: true, force: true })
  }

  // Without /proc, or when the child has just ended, there is nothing to measure.
  private tryRead(read: () => number): number {
    try {
      return read()
    } catch {
      return 0
    }
  }
}
