import { EngineRefusal, monotonicMs } from '@tenantry/engines-contract'
import type { Answer } from '@tenantry/engines-contract'
import type { NoteWriter } from '../note.js'
import type { Held, HeldDatabases } from './databases.js'
import type { WaitingRun } from './runs.js'

const longestTurnMs = 4
const longestWaitForReaderMs = 20

const messageOf = (error: unknown): EngineRefusal =>
  error instanceof EngineRefusal ? error : new EngineRefusal('InternalError', 'The engine failed in an unexpected way.', { cause: error })

const refuse = ({ from, id }: WaitingRun, { code, message, position, retryAfterSeconds }: EngineRefusal, retry: 'never' | 'safe'): void => {
  from.refuse({ id, code, message, retry, ...(position !== undefined && { position }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
}

/** Answers a run that has not begun and will not begin here; its client asks the host where to send it again. */
export const sendBack = (run: WaitingRun): void => {
  refuse(run, new EngineRefusal('EngineUnavailable', 'The database has moved; try again.', { retryAfterSeconds: 1 }), 'safe')
}

/** Runs waiting statements one after another, each database in its turn. */
export class Turns {
  private readonly ring: Held[] = []
  private readonly waitingForReader = new Set<WaitingRun['from']>()
  private readerSince = 0
  private scheduled = false
  private noted = false
  /** Whose answers have not left yet, and of which database they are. */
  private unsent: { readonly from: WaitingRun['from']; readonly held: Held } | undefined
  /** The newest revision that the host has told this child about. */
  private revision = 0

  constructor(private readonly note: NoteWriter, private readonly databases: HeldDatabases, private readonly inFlight: number) {}

  add(held: Held, run: WaitingRun): void {
    if (held.waiting.length >= this.inFlight) {
      refuse(run, new EngineRefusal('TooManyQueries', `More than ${this.inFlight} statements wait for this database; try again.`, { retryAfterSeconds: 1 }), 'never')
      return
    }
    held.waiting.push(run)
    if (held.waiting.length === 1) this.ring.push(held)
    this.schedule()
  }

  /** Takes a run that has not begun out of its queue. */
  cancel(from: WaitingRun['from'], id: number): void {
    for (const { waiting } of this.ring) {
      const at = waiting.findIndex((run) => run.from === from && run.id === id)
      const run = waiting[at]
      if (run === undefined) continue
      waiting.splice(at, 1)
      refuse(run, new EngineRefusal('QueryCancelled', 'The statement was cancelled.'), 'never')
    }
  }

  /** A client has gone, and with it what it was in the middle of. */
  leave(client: WaitingRun['from']): void {
    this.databases.leave(client)
    if (!this.noted) this.note.idle(this.databases.underWay)
  }

  /** The host has told of this revision, and what it takes away has been given back. */
  reached(revision: number): void {
    this.revision = Math.max(this.revision, revision)
    this.schedule()
  }

  get idle(): boolean {
    return this.ring.every(({ waiting }) => waiting.length === 0)
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(this.turn)
  }

  private readonly turn = (): void => {
    this.scheduled = false
    const until = monotonicMs() + longestTurnMs
    for (let passedOver = 0; ;) {
      const held = this.ring.shift()
      if (held === undefined) return this.rest()
      const run = held.waiting[0]
      if (run === undefined) continue
      if (run.from.overloaded) {
        this.ring.push(held)
        passedOver += 1
        if (passedOver >= this.ring.length) return this.later()
        continue
      }
      if (this.mustWaitForReader()) {
        this.ring.unshift(held)
        return this.later()
      }
      if (!this.run(held, run)) {
        this.ring.unshift(held)
        return this.rest()
      }
      if (monotonicMs() > until) {
        if (this.ring.length > 0) this.schedule()
        return this.rest()
      }
    }
  }

  /** Runs one statement, or refuses it; false when the host has to be heard first. */
  private run(held: Held, run: WaitingRun): boolean {
    const known = held.open?.known(run.ask)
    // An answer may wait for a statement of the same line that is quick, and for nothing else.
    if (this.unsent && !(this.unsent.from === run.from && this.unsent.held === held && known?.quick === true)) this.send()
    const now = monotonicMs()
    const write = run.ask.access === 'write' && known?.reads !== true
    this.noted = true
    const revision = this.note.begin({ slot: held.slot, client: run.from.client, run: run.id, write, startedMs: now, deadlineMs: run.deadlineMs })
    if (revision > this.revision) return false
    held.waiting.shift()
    if (held.waiting.length > 0) this.ring.push(held)
    if (run.from.gone) return true
    if (now >= run.deadlineMs) {
      refuse(run, new EngineRefusal('QueryTimeout', 'The statement did not begin before its deadline; the database is busy.'), 'never')
      return true
    }
    if (write && run.from.ring !== undefined) this.note.noteWrite(run.from.ring, run.id)
    this.answer(held, run)
    return true
  }

  private answer(held: Held, run: WaitingRun): void {
    this.unsent = { from: run.from, held }
    try {
      run.from.answer(run.id, this.ask(held, run))
    } catch (error) {
      refuse(run, messageOf(error), 'never')
    }
  }

  private ask(held: Held, { from, ask, storageBytes }: WaitingRun): Answer {
    const open = this.databases.openOf(held, storageBytes)
    // Nothing but an import is under way for longer than one request.
    if (ask.language !== 'import') return open.run(ask, { storageBytes })
    try {
      return open.run(ask, { storageBytes })
    } finally {
      this.databases.follow(held, from)
    }
  }

  private send(): void {
    if (this.unsent === undefined) return
    const { from } = this.unsent
    this.unsent = undefined
    from.flush()
    if (!from.behind) return
    if (this.waitingForReader.size === 0) this.readerSince = monotonicMs()
    this.waitingForReader.add(from)
  }

  /** An answer that the kernel has not taken yet must not wait behind a long statement, but a slow reader must not stop the others. */
  private mustWaitForReader(): boolean {
    for (const from of this.waitingForReader) if (!from.behind) this.waitingForReader.delete(from)
    if (this.waitingForReader.size === 0) return false
    if (monotonicMs() - this.readerSince < longestWaitForReaderMs) return true
    this.waitingForReader.clear()
    return false
  }

  private later(): void {
    this.scheduled = true
    setTimeout(this.turn, 1)
    this.rest()
  }

  private rest(): void {
    this.send()
    if (this.noted) this.note.idle(this.databases.underWay)
    this.noted = false
  }
}
