/** 1-based line and column of a character. FeatureBase says 0:0 where it does not know. */
export interface Position {
  readonly line: number
  readonly column: number
}

export const nowhere: Position = { line: 0, column: 0 }

/** `syntax` is no statement at all; `meaning` one that this database cannot run as it is; `limit` more than this server reads. */
export type SqlErrorKind = 'syntax' | 'meaning' | 'limit'

const longestMessage = 2_000

/** A message shows what was written, and what was written may be a megabyte. */
const shortened = (message: string): string => message.length <= longestMessage ? message : `${message.slice(0, longestMessage).toWellFormed()}…`

/** The one error of this package. Its message is FeatureBase's whole text, place included. */
export class SqlError extends Error {
  override readonly name = 'SqlError'

  constructor(readonly kind: SqlErrorKind, message: string, readonly at: Position) {
    super(shortened(message))
  }
}

/** What the parser says: the place comes first, bare, and without the column 0 of an end behind the last line. */
export const syntaxError = (at: Position, text: string): SqlError =>
  new SqlError('syntax', `${at.line}${at.column === 0 ? '' : `:${at.column}`}: ${text}`, at)

/** What is said of a statement that was read: the place comes first, in brackets. */
export const meaningError = (at: Position, text: string): SqlError => new SqlError('meaning', `[${at.line}:${at.column}] ${text}`, at)
