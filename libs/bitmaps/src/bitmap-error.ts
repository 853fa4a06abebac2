/** Why bitmaps refuse. `MemoryFull`: the cap is reached, and nothing has changed. */
export type BitmapErrorCode = 'MemoryFull' | 'InvalidColumn' | 'InvalidValue' | 'InvalidBytes' | 'HandleFreed' | 'ForeignHandle' | 'InvalidSize'

export class BitmapError extends Error {
  constructor(readonly code: BitmapErrorCode, message: string) {
    super(message)
    this.name = 'BitmapError'
  }
}
