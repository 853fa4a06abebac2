import type { Bitmap, Column } from '@tenantry/bitmaps'
import type { Call } from '@tenantry/pql'
import { type Field, hasWords, isNumeric } from '../store/catalogue.js'
import { type At, filterOf, namedField } from './at.js'
import { distinctNumbers } from './columns.js'
import { checkSize, columnsJson, listJson } from './json.js'
import { numberText } from './number-text.js'
import { foreignTable, wordJson } from './words.js'

/** Which rows of a field some records have. */
export const rowsHad = (here: Pick<At, 'space' | 'data'>, field: Field, filter: Bitmap | undefined): readonly Column[] => {
  const rows = here.data.index.sets(field).rows()
  if (!filter) return rows.map(({ id }) => id)
  const counts = here.space.bitmaps.andCounts(rows.map(({ bitmap }) => bitmap), filter)
  return rows.flatMap(({ id }, at) => (counts[at] ?? 0) > 0 ? [id] : [])
}

/** The values of a field as records of the table that the values are of: how tables are joined. */
export const distinctRow = (call: Call, here: At): Bitmap => {
  const field = namedField(call, here)
  const filter = filterOf(call.children[0], here)
  if (!isNumeric(field)) return here.space.bitmaps.of(rowsHad(here, field, filter).map(BigInt))
  return here.data.index.numbers(field).slices.distinct(filter).positive
}

/** How many different values some records have of a field. */
export const differentValues = (here: Pick<At, 'space' | 'data'>, field: Field, filter: Bitmap | undefined): number => {
  if (!isNumeric(field)) return rowsHad(here, field, filter).length
  const { negative, positive } = here.data.index.numbers(field).slices.distinct(filter)
  return negative.count() + positive.count()
}

export const countDistinct = (call: Call, here: At, also?: Bitmap): number => {
  const field = namedField(call, here)
  const own = filterOf(call.children[0], here)
  const filter = own && also ? own.and(also) : own ?? also
  return differentValues(here, field, filter)
}

export const distinctJson = (call: Call, here: At): string => {
  const { space } = here
  const field = namedField(call, here)
  const filter = filterOf(call.children[0], here)
  const { options, name } = field
  if (!isNumeric(field)) {
    const ids = rowsHad(here, field, filter)
    checkSize(here, ids.length)
    const words = hasWords(field) ? `,"keys":${listJson(ids.map((id) => wordJson(space.words(field), id)))}` : ''
    return `{"columns":[${ids.join(',')}]${words}}`
  }
  const { negative, positive: others } = here.data.index.numbers(field).slices.distinct(filter)
  checkSize(here, negative.count() + others.count())
  if (options.type === 'timestamp') {
    return `{"Values":${listJson(distinctNumbers({ negative, positive: others }).map((value) => numberText(field, value)))},"Name":${JSON.stringify(name)}}`
  }
  const foreign = foreignTable(here, field)
  if (foreign) return `{"neg":null,"pos":${columnsJson(here, others, foreign)}}`
  return `{"neg":${columnsJson(here, negative)},"pos":${columnsJson(here, others)}}`
}
