import type { Bitmap, Column } from '@tenantry/bitmaps'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Table } from '../store/catalogue.js'
import type { At } from './at.js'
import { wordJson } from './words.js'

export const listJson = (items: readonly string[]): string => `[${items.join(',')}]`

const leastBytesEach = 2

/** Refuses an answer of so many parts before anything of it is made. */
export const checkSize = ({ answerBytes }: At, parts: number): void => {
  if (parts * leastBytesEach > answerBytes) throw tooLarge(answerBytes)
}

export const tooLarge = (answerBytes: number): EngineRefusal =>
  new EngineRefusal('AnswerTooLarge', `The answer is longer than ${answerBytes} bytes; ask for fewer records with Limit, or for their number with Count.`)

/** All columns of a row, ascending. */
export const columnsText = (row: Bitmap): string => {
  const last = row.max()
  if (last === undefined) return ''
  const parts: string[] = []
  for (const page of typeof last === 'number' ? row.pages(65_536) : row.exactPages(65_536)) parts.push(page.join(','))
  return parts.join(',')
}

/** The keys of records; one that has none, because a row was shifted onto it, is left out. */
export const keysText = ({ space }: At, row: Bitmap, table: Table): string => {
  const keys = space.keys(table)
  const parts: string[] = []
  for (const page of row.exactPages()) {
    for (const id of page) {
      const key = keys.word(Number(id))
      if (key !== undefined) parts.push(JSON.stringify(key))
    }
  }
  return parts.join(',')
}

/** A row as the answer has it: its columns or, in a table with keys, those. */
export const columnsJson = (here: At, row: Bitmap, table?: Table): string => {
  checkSize(here, row.count())
  if (!table?.keyed) return `{"columns":[${columnsText(row)}]}`
  const keys = keysText(here, row, table)
  return keys === '' ? '{"columns":[]}' : `{"columns":[],"keys":[${keys}]}`
}

/** A record as the answer names it. */
export const recordText = ({ space }: At, table: Table, record: Column): string =>
  table.keyed ? wordJson(space.keys(table), record) : String(record)
