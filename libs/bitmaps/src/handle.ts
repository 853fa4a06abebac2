import { BitmapError } from './bitmap-error.js'
import type { Pointer } from './kernel.js'
import type { Freeable, Room } from './room.js'

/** What stands for something in a room's memory, and is given back. One that is no longer good, or of another room, says so. */
export abstract class Handle implements Freeable {
  constructor(protected readonly room: Room, protected pointer: Pointer) {
    room.noted(this)
  }

  /** For this package: the pointer, for a call in `room`. */
  pointerIn(room: Room): Pointer {
    if (this.pointer === 0) throw new BitmapError('HandleFreed', 'This was freed.')
    if (this.room !== room) throw new BitmapError('ForeignHandle', 'This belongs to other bitmaps.')
    return this.pointer
  }

  protected get handle(): Pointer {
    return this.pointerIn(this.room)
  }

  free(): void {
    const { pointer } = this
    this.pointer = 0
    if (pointer !== 0) this.destroy(pointer)
  }

  [Symbol.dispose](): void {
    this.free()
  }

  protected abstract destroy(pointer: Pointer): void
}

/** What was made, once `fill` has filled it; it is destroyed when that says no, which is 0, or throws. */
export const filled = (made: Pointer, fill: (made: Pointer) => boolean, destroy: (made: Pointer) => void): Pointer => {
  try {
    if (fill(made)) return made
  } catch (error) {
    destroy(made)
    throw error
  }
  destroy(made)
  return 0
}
