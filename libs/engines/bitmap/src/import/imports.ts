import { BitmapError, type Bitmaps } from '@tenantry/bitmaps'
import { type EmbeddedAsk, EngineRefusal } from '@tenantry/engines-contract'
import type { Space } from '../space.js'
import { Import } from './import.js'
import { readImportOptions } from './options.js'

/** A turn of an import: short enough for the other databases of the process. */
const turnMs = 30
/** Whoever imports says something within this time, or has gone. */
const silenceMs = 30_000

interface Session {
  readonly name: string
  readonly running: Import
  /** The memory that what is pending lies in. Reads that found no room in it have begun another. */
  readonly bitmaps: Bitmaps
  /** The number of the piece that is to come. */
  next: number
  heardMs: number
}

const isLost = (): EngineRefusal => new EngineRefusal('EngineUnavailable', 'The import was lost on its way and nothing of it was kept; send it again.', { retryAfterSeconds: 1 })

const said = (value: object): Buffer => Buffer.from(JSON.stringify(value))

/**
 * The import of one database: it begins, is given its rows in pieces, and ends, and whatever else comes to an end takes all of it back.
 * Meanwhile reads are answered as before it, and no other change is made.
 */
export class Imports {
  private open: Session | undefined

  /** `kept` is called when an import is kept. */
  constructor(private readonly space: Space, private readonly kept: () => void) {}

  /** Whether one is running; one that was not heard of for long is ended by this. */
  get running(): boolean {
    if (this.open && performance.now() - this.open.heardMs > silenceMs) this.takeBack()
    return this.open !== undefined
  }

  /** Throws EngineUnavailable while one is running. */
  refuseOtherChanges(): void {
    if (this.running) throw new EngineRefusal('EngineUnavailable', 'An import into this database is running; change it when that has ended.', { retryAfterSeconds: 2 })
  }

  /** Parameters: what is to be done, the name of the import, and the options of one that begins or the number of a piece. */
  speak({ params: [deed, name, detail] = [], bytes }: EmbeddedAsk): Buffer {
    if (typeof name !== 'string') throw new EngineRefusal('InvalidParameter', 'The import has no name.')
    if (deed === 'begin') return this.begin(name, String(detail))
    const { open } = this
    if (deed === 'abort') {
      if (open?.name === name) this.takeBack()
      return said({})
    }
    if (open?.name !== name) throw isLost()
    if (open.bitmaps !== this.space.bitmaps) return this.lose()
    try {
      if (deed === 'end') return this.end(open)
      if (detail !== open.next) throw isLost()
      return this.take(open, bytes ?? Buffer.alloc(0))
    } catch (error) {
      this.takeBack()
      if (!(error instanceof BitmapError && error.code === 'MemoryFull')) throw error
      this.space.forget()
      throw new EngineRefusal('EngineRejectedQuery', 'The import needs more memory than the bitmaps of one database may have; import fewer rows at a time.', { cause: error })
    }
  }

  takeBack(): void {
    const { open } = this
    if (!open) return
    this.open = undefined
    open.running.free()
    this.space.takeBack()
  }

  private begin(name: string, options: string): Buffer {
    if (this.running) throw new EngineRefusal('TooManyQueries', 'An import into this database is running already; begin another when it has ended.', { retryAfterSeconds: 2 })
    // What waits to be saved would be made anew from rows that the import is changing.
    this.space.save(Infinity)
    this.space.begin()
    try {
      this.open = { name, running: new Import(this.space, readImportOptions(options)), bitmaps: this.space.bitmaps, next: 0, heardMs: performance.now() }
    } catch (error) {
      this.space.takeBack()
      throw error
    }
    return said({})
  }

  private take(open: Session, bytes: Buffer): Buffer {
    open.next += 1
    open.running.take(bytes)
    const left = open.running.work(performance.now() + turnMs)
    open.heardMs = performance.now()
    return open.running.failed ? this.failed(open) : said({ left })
  }

  private failed({ running }: Session): Buffer {
    const { rejected, errors } = running.report
    this.takeBack()
    return said({ failed: { imported: 0, rejected, errors } })
  }

  private end(open: Session): Buffer {
    const { running } = open
    running.end()
    if (running.failed) return this.failed(open)
    const { report } = running
    this.open = undefined
    // What goes wrong from here on takes everything back, and lets go of the bitmaps with what is pending.
    this.space.keep(() => running.merge())
    running.free()
    this.kept()
    return said(report)
  }

  private lose(): never {
    this.takeBack()
    throw isLost()
  }
}
