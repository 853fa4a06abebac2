import { type DataType, SqlError, type Value, nowhere } from '@tenantry/featurebase-sql'

/** A set as it lies in the file. */
export interface StoredSet {
  /** The table of its values. */
  readonly table: string
  /** The record, as a statement names it. */
  readonly record: string
  /** Where its numbers stand for texts. */
  readonly words: string | undefined
  /** Which of its values count, as a condition on `view`. */
  readonly views: string
  /** One value of it, where a record is made of each. */
  readonly flat: string | undefined
}

/** The number that stands for a text, and the table of what it stands for. */
export interface Coded {
  readonly number: string
  readonly words: string
}

/** A part of a statement that gives one value, and what is known of it. */
export interface Fragment {
  readonly text: string
  readonly type: DataType
  /** Nanoseconds of one count of a timestamp. */
  readonly nanos?: bigint | undefined
  /** Bounds of what it can be, for integers and decimals: within 64 bits without them. */
  readonly least?: bigint | undefined
  readonly most?: bigint | undefined
  /** An id that may be of the upper half, which SQLite keeps as negative. */
  readonly isUnsigned?: boolean | undefined
  readonly coded?: Coded | undefined
  readonly stored?: StoredSet | undefined
  readonly constant?: Value | undefined
  /** A column of a record's own number. */
  readonly isRecord?: boolean | undefined
}

/** Text that may stand twice in a statement without making it long. */
const shortLength = 80
export const isShort = ({ text }: Fragment): boolean => text.length <= shortLength

/** The whole statement may be so long. */
export const longestStatement = 12_000_000

export const limitError = (text: string): SqlError => new SqlError('limit', `[0:0] ${text}`, nowhere)

/** A condition joined of many, nested as little as can be: SQLite bounds how deep it reads. */
export const joinedBy = (operator: 'AND' | 'OR', parts: readonly string[]): string => {
  const [only] = parts
  if (only === undefined) return operator === 'AND' ? '1' : '0'
  if (parts.length === 1) return only
  const middle = Math.ceil(parts.length / 2)
  return `(${joinedBy(operator, parts.slice(0, middle))} ${operator} ${joinedBy(operator, parts.slice(middle))})`
}
