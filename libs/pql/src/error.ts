import type { Position } from './position.js'

/** `syntax` is no PQL at all, `argument` a call that takes this not, `limit` more than this server reads. */
export type PqlErrorKind = 'syntax' | 'argument' | 'limit'

/**
 * The one error of this package. Its message is FeatureBase's text without the `parsing: ` that its HTTP interface puts before every
 * one of them, so that whoever answers puts it there once.
 */
export class PqlError extends Error {
  override readonly name = 'PqlError'

  constructor(readonly kind: PqlErrorKind, message: string, readonly position: Position) {
    super(message)
  }
}
