import { BitmapError } from '@tenantry/bitmaps'

/** What `read` makes of saved bytes; undefined when they are not whole. Any other failure is passed on. */
export const orDamaged = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof BitmapError && error.code === 'InvalidBytes') return undefined
    throw error
  }
}
