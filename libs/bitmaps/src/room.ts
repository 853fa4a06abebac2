import { BitmapError } from './bitmap-error.js'
import { columnOf, type Column } from './numbers.js'
import { goneKernel, startKernel, type KernelExports, type Pointer } from './kernel.js'

const pageBytes = 65_536
const leastBytes = 4 * 1024 * 1024
const mostPages = 65_535
const mostBytes = mostPages * pageBytes

/** Something that must be given back. Giving it back twice is once. */
export interface Freeable {
  free(): void
}

const pagesFor = (maxBytes: number): number => {
  if (Number.isSafeInteger(maxBytes) && maxBytes >= leastBytes) return Math.min(Math.floor(maxBytes / pageBytes), mostPages)
  throw new BitmapError('InvalidSize', `Bitmaps need at least ${leastBytes} bytes, and an integer of them.`)
}

/** One kernel, its memory as typed arrays, and the scopes that are open. */
export class Room {
  kernel: KernelExports
  readonly staging: Pointer
  readonly stagingBytes: number
  private readonly answer: Pointer
  private readonly scopes: Set<Freeable>[] = []
  private buffer: ArrayBuffer
  private viewed: DataView
  bytes: Uint8Array

  constructor(private readonly maxBytes: number, kernel: KernelExports = startKernel()) {
    this.kernel = kernel
    this.kernel.open(pagesFor(maxBytes))
    this.staging = this.kernel.stagingAt() >>> 0
    this.stagingBytes = this.kernel.stagingBytes()
    this.answer = this.kernel.answerAt() >>> 0
    this.buffer = this.kernel.memory.buffer
    this.bytes = new Uint8Array(this.buffer)
    this.viewed = new DataView(this.buffer)
  }

  /** A room of the same memory, with nothing in it. This one, and everything that was made in it, is gone. */
  renewed(): Room {
    const { kernel } = this
    this.kernel = goneKernel
    return new Room(this.maxBytes, kernel)
  }

  /** The memory as it is now; growing replaces its buffer. */
  memory(): ArrayBuffer {
    if (this.buffer === this.kernel.memory.buffer) return this.buffer
    this.buffer = this.kernel.memory.buffer
    this.bytes = new Uint8Array(this.buffer)
    this.viewed = new DataView(this.buffer)
    return this.buffer
  }

  view(): DataView {
    this.memory()
    return this.viewed
  }

  /** The pointer of what a call made. */
  made(pointer: Pointer): Pointer {
    if (pointer === 0) throw this.full()
    return pointer >>> 0
  }

  full(): BitmapError {
    this.kernel.takeFull()
    return new BitmapError('MemoryFull', 'The bitmaps have reached the memory they may have.')
  }

  answerColumn(): Column {
    const view = this.view()
    return columnOf(view.getUint32(this.answer + 4, true), view.getUint32(this.answer, true))
  }

  answerValue(): bigint {
    return this.view().getBigInt64(this.answer, true)
  }

  /** The second half of an answer. */
  answerCount(): number {
    return this.view().getFloat64(this.answer + 8, true)
  }

  setAnswer(value: bigint): void {
    this.view().setBigUint64(this.answer, value, true)
  }

  answerSum(): bigint {
    return this.view().getBigUint64(this.answer, true)
  }

  /** Remembers what is made, for the scope that is open. */
  noted<T extends Freeable>(made: T): T {
    this.scopes.at(-1)?.add(made)
    return made
  }

  /** Frees everything that `work` made, but for what it answers or passes to `keep`. `work` may not wait. */
  scope<T>(work: (keep: <K extends Freeable>(kept: K) => K) => T): T {
    const mine = new Set<Freeable>()
    const outer = this.scopes.at(-1)
    const keep = <K extends Freeable>(kept: K): K => {
      if (mine.delete(kept)) outer?.add(kept)
      return kept
    }
    this.scopes.push(mine)
    try {
      const result = work(keep)
      for (const one of [...mine]) if (one === result) keep(one)
      return result
    } finally {
      this.scopes.pop()
      for (const one of mine) one.free()
    }
  }

  /** What `work` makes belongs to no scope, and stays until it is freed. `work` may not wait. */
  apart<T>(work: () => T): T {
    const outer = this.scopes.splice(0)
    try {
      return work()
    } finally {
      this.scopes.push(...outer)
    }
  }

  /** Runs `work` with a block of memory that is freed afterwards. */
  lend<T>(bytes: number, work: (at: Pointer) => T): T {
    // The kernel takes sizes of 32 bits: a larger one would arrive as a small one.
    if (bytes >= mostBytes) throw this.full()
    const at = this.made(this.kernel.allocate(bytes))
    try {
      return work(at)
    } finally {
      this.kernel.free(at)
    }
  }
}
