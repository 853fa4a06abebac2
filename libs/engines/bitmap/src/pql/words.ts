import type { Column } from '@tenantry/bitmaps'
import type { Field, Table } from '../store/catalogue.js'
import type { Dictionary } from '../store/dictionary.js'
import type { At } from './at.js'

/** What an id stands for, as JSON has it; an id that stands for nothing is an empty text. */
export const wordJson = (words: Dictionary, id: Column): string => JSON.stringify(words.word(Number(id)) ?? '')

/** The table whose records the numbers of a field are, when these have keys. */
export const foreignTable = ({ space }: At, { options }: Field): Table | undefined => {
  const table = options.type === 'int' && options.foreignIndex !== undefined ? space.catalogue.find(options.foreignIndex) : undefined
  return table?.keyed ? table : undefined
}

/** The keys that the numbers of a field stand for. */
export const foreignKeys = (here: At, field: Field): Dictionary | undefined => {
  const table = foreignTable(here, field)
  return table && here.space.keys(table)
}
