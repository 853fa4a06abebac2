import { isUuid } from './ids.js'
import { Problem } from './problems.js'

export const pageLimits = { default: 100, max: 1000 } as const

/** One page of a list; `next` is the place to go on from, undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** The place after a record in a list ordered by (createdAt, id). */
export interface Place {
  readonly at: Date
  readonly id: string
}

export interface PageAsk {
  readonly limit: number
  readonly after?: Place
}

export const cursorOf = (place: Place): string => Buffer.from(`${place.at.toISOString()} ${place.id}`).toString('base64url')

/** The page that `rows` begin with: whoever asked for one row more than `limit` sees whether there are more. */
export const pageOf = <T>(rows: readonly T[], limit: number, place: (row: T) => Place): Page<T> => {
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items, ...(last !== undefined && { next: cursorOf(place(last)) }) }
}

/** What stands for a record's id in a list that is ordered by number. */
export const isLineNumber = (text: string): boolean => /^[1-9][0-9]{0,14}$/.test(text)

/** Reads a cursor that `cursorOf` wrote for a list of such ids. Throws InvalidParameter for any other text. */
export const placeOf = (cursor: string, isId: (text: string) => boolean = isUuid): Place => {
  const [at, id, ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ')
  const date = new Date(at ?? '')
  if (!id || !isId(id) || rest.length > 0 || Number.isNaN(date.getTime()) || cursorOf({ at: date, id }) !== cursor) {
    throw new Problem('InvalidParameter', 'The cursor in next is not one that this list gave out; leave it away to start at the beginning.')
  }
  return { at: date, id }
}
