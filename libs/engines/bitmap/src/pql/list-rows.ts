import type { Bitmap, Column } from '@tenantry/bitmaps'
import { type Call, type Value, valueOf } from '@tenantry/pql'
import { type Field, hasWords, isNumeric } from '../store/catalogue.js'
import type { Row } from '../index/set-field.js'
import { type At, callArgument, filterOf, namedField, plain } from './at.js'
import { timeViews } from './field-rows.js'
import { checkSize, listJson } from './json.js'
import { refuse } from './refused.js'
import { intArgument, recordOf, rowOf } from './values.js'
import { wordJson } from './words.js'

/** The rows of a field that a Rows, TopN or TopK call is about, ascending; those of a time are made of the views that it covers. */
export const rowsOfTime = (here: At, field: Field, call: Call): readonly Row[] => {
  const sets = here.data.index.sets(field)
  const views = timeViews(here, field, call)
  if (!views) return sets.rows()
  const parts = new Map<Column, Bitmap[]>()
  for (const view of views) {
    for (const { id, bitmap } of sets.rows(view)) {
      const known = parts.get(id)
      if (known) known.push(bitmap)
      else parts.set(id, [bitmap])
    }
  }
  return [...parts].map(([id, bitmaps]) => ({ id, bitmap: here.space.bitmaps.union(bitmaps) })).sort((one, other) => one.id < other.id ? -1 : 1)
}

const listOf = (value: Value): readonly Value[] => value.kind === 'list' ? value.items : refuse(`Rows(): in must be a list`)

/** The rows that a Rows call names, before `like` and without those that nobody has. Undefined for a record that there is not. */
const rowsOf = (call: Call, here: At, field: Field): readonly Row[] | undefined => {
  const column = plain(call, 'column')
  const record = column && recordOf(here.space, here.data.table, column)
  if (column && record === undefined) return undefined
  const previous = plain(call, 'previous')
  const after = previous && (rowOf(here.space, field, previous) ?? refuse(`previous row not found: ${previous.kind === 'string' ? previous.value : ''}`))
  const limit = intArgument(valueOf(call, 'limit'))
  const rows = rowsOfTime(here, field, call).filter(({ id, bitmap }) => (after === undefined || id > after) && (record === undefined || bitmap.has(record)))
  return limit === undefined ? rows : rows.slice(0, Math.max(0, limit))
}

/** `%` stands for anything, `_` for one character; everything else for itself. */
const like = (pattern: string): RegExp => new RegExp(`^${[...pattern].map((one) => one === '%' ? '.*' : one === '_' ? '.' : one.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('').replace(/(?:\.\*)+/g, '.*')}$`, 'su')

/** The ids of the rows that a Rows call names. */
export const rowIdsOf = (call: Call, here: At): readonly Column[] => idsOf(call, here, namedField(call, here)) ?? []

const idsOf = (call: Call, here: At, field: Field): readonly Column[] | undefined => {
  const given = plain(call, 'in')
  if (given) {
    if (['limit', 'column', 'previous', 'like', 'from', 'to'].some((key) => valueOf(call, key))) refuse('Rows call with \'in\' does not support other arguments')
    return listOf(given).flatMap((value) => rowOf(here.space, field, value) ?? [])
  }
  if (call.name === 'TopN') return topRows(call, here, field).map(({ id }) => id)
  const ids = rowsOf(call, here, field)?.map(({ id }) => id)
  const pattern = plain(call, 'like')
  if (pattern === undefined || ids === undefined) return ids
  if (!hasWords(field)) return refuse(`field ${JSON.stringify(field.name)} is not keyed: like cannot be used`)
  const fits = like(pattern.kind === 'string' ? pattern.value : '')
  return ids.filter((id) => fits.test(here.space.words(field).word(Number(id)) ?? ''))
}

/** Rows by their place in the list, with their bitmaps: what groups are made of. */
export const rowsNamed = (call: Call, here: At, field: Field): readonly Row[] => {
  const sets = here.data.index.sets(field)
  const isOfTime = valueOf(call, 'from') !== undefined || valueOf(call, 'to') !== undefined
  const byTime = isOfTime ? new Map(rowsOfTime(here, field, call).map(({ id, bitmap }) => [id, bitmap])) : undefined
  return (idsOf(call, here, field) ?? []).flatMap((id) => {
    const bitmap = byTime ? byTime.get(id) : sets.row(id)
    return bitmap ? [{ id, bitmap }] : []
  })
}

export const rowsJson = (call: Call, here: At): string => {
  const field = namedField(call, here)
  if (isNumeric(field) || field.options.type === 'bool') return refuse(`${field.options.type} fields not supported by Rows() query`)
  const ids = idsOf(call, here, field)
  if (ids === undefined) return '{"rows":null,"Field":""}'
  checkSize(here, ids.length)
  const name = JSON.stringify(field.name)
  if (!hasWords(field) || ids.length === 0) return `{"rows":[${ids.join(',')}],"Field":${name}}`
  return `{"rows":null,"keys":${listJson(ids.map((id) => wordText(here, field, id)))},"Field":${name}}`
}

const wordText = ({ space }: At, field: Field, id: Column): string => wordJson(space.words(field), id)

interface Counted { readonly id: Column; readonly count: number }

/** Most records first; of equal ones the lower row. */
const byCount = (one: Counted, other: Counted): number => other.count - one.count || (one.id < other.id ? -1 : 1)

const counted = (here: At, rows: readonly Row[], filter: Bitmap | undefined): Counted[] => {
  const counts = here.space.bitmaps.andCounts(rows.map(({ bitmap }) => bitmap), filter)
  return rows.map(({ id }, at) => ({ id, count: counts[at] ?? 0 })).filter(({ count }) => count > 0)
}

/** The rows that a TopN call answers. */
const topRows = (call: Call, here: At, field: Field): readonly Counted[] => {
  const { options, name } = field
  if (isNumeric(field)) refuse(`cannot compute TopN() on integer, decimal, or timestamp field: ${JSON.stringify(name)}`)
  if ('cacheType' in options && options.cacheType === 'none') refuse(`cannot compute TopN(), field has no cache: ${JSON.stringify(name)}`)
  const number = (key: string): number => intArgument(valueOf(call, key)) ?? 0
  const ids = plain(call, 'ids')
  const wanted = ids && new Set(listOf(ids).flatMap((value) => rowOf(here.space, field, value) ?? []))
  const filter = filterOf(call.children[0], here)
  const rows = here.data.index.sets(field).rows().filter(({ id }) => wanted?.has(id) ?? true)
  const alike = number('tanimotoThreshold')
  const found = counted(here, rows, filter).filter(({ count }) => count >= number('threshold')).sort(byCount)
  const kept = alike > 0 && filter ? found.filter(({ id, count }) => isAlike(here, field, id, count, filter.count(), alike)) : found
  // A list of ids is answered whole.
  return number('n') > 0 && !wanted ? kept.slice(0, number('n')) : kept
}

/** Whether a row and a filter have more than this percentage of their records in common. */
const isAlike = (here: At, field: Field, id: Column, both: number, filtered: number, percent: number): boolean => {
  const own = here.data.index.sets(field).row(id)?.count() ?? 0
  return Math.ceil(both * 100 / (own + filtered - both)) > percent
}

const pairJson = (here: At, field: Field, { id, count }: Counted): string =>
  hasWords(field) ? `{"id":0,"key":${wordText(here, field, id)},"count":${count}}` : `{"id":${id},"key":"","count":${count}}`

const pairsJson = (here: At, field: Field, pairs: readonly Counted[]): string => pairs.length === 0 ? 'null' : listJson(pairs.map((pair) => pairJson(here, field, pair)))

export const topNJson = (call: Call, here: At): string => {
  const field = namedField(call, here)
  return pairsJson(here, field, topRows(call, here, field))
}

export const topKJson = (call: Call, here: At): string => {
  const field = namedField(call, here)
  const { type } = field.options
  if (type !== 'set' && type !== 'mutex' && type !== 'time') return refuse(`field ${JSON.stringify(field.name)} of type ${type} is not supported by TopK()`)
  const k = intArgument(valueOf(call, 'k')) ?? 0
  const found = counted(here, rowsOfTime(here, field, call), filterOf(callArgument(call, 'filter') ?? call.children[0], here)).sort(byCount)
  return pairsJson(here, field, k > 0 ? found.slice(0, k) : found)
}

/** The first or last row that some records have. */
export const endRowJson = (call: Call, here: At, which: 'first' | 'last'): string => {
  const field = namedField(call, here)
  if (isNumeric(field)) return refuse(`field ${JSON.stringify(field.name)} of type ${field.options.type} has no rows`)
  const filter = filterOf(call.children[0], here)
  const found = counted(here, here.data.index.sets(field).rows(), filter).at(which === 'first' ? 0 : -1)
  if (!found) return '{"id":0,"key":"","count":0}'
  const key = hasWords(field) ? wordText(here, field, found.id) : '""'
  return `{"id":${found.id},"key":${key},"count":${filter ? found.count : 1}}`
}
