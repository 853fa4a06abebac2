import type { Bitmap } from '@tenantry/bitmaps'
import { type Call, type Value, fieldArguments, valueOf } from '@tenantry/pql'
import { isNumeric } from '../store/catalogue.js'
import { type At, at, existing, fieldAt, namedField, plain, within } from './at.js'
import { distinctRow } from './distinct.js'
import { numberCount, numberRow, setRow } from './field-rows.js'
import { rowIdsOf } from './list-rows.js'
import { refuse } from './refused.js'
import { sortedColumns } from './sort.js'
import { intArgument, recordOf } from './values.js'

/** The records that a call answers. What it makes belongs to the scope that is open; what it answers may be a row of the index itself. */
export const rowOfCall = (call: Call, outer: At): Bitmap => {
  const here = at(call, outer)
  const { bitmaps } = here.space
  switch (call.name) {
    case 'Row':
    case 'Range': return within(here, row(call, here))
    case 'Union': return bitmaps.union(children(call, here))
    case 'Intersect': return call.children.length === 0 ? refuse('empty Intersect query is currently not supported') : bitmaps.intersection(children(call, here))
    case 'Difference': return difference(children(call, here))
    case 'Xor': return folded(children(call, here), (left, right) => left.xor(right)) ?? bitmaps.empty()
    case 'Not': return existing(here).andNot(only(call, here))
    case 'All': return paged(call, existing(here))
    case 'Limit': return paged(call, only(call, here))
    case 'ConstRow': return within(here, constRow(call, here))
    case 'Shift': return shifted(call, only(call, here))
    case 'UnionRows': return unionRows(call, here)
    case 'Distinct': return distinctRow(call, here)
    case 'Sort': return sortedColumns(call, here)
    case 'Options': return withOptions(call, here, rowOfCall)
    default: return refuse(`unknown call: ${call.name}`)
  }
}

const children = (call: Call, here: At): Bitmap[] => call.children.map((child) => rowOfCall(child, here))

const only = (call: Call, here: At): Bitmap => {
  const [child, ...more] = call.children
  if (!child) return refuse(`${call.name}() requires an input row`)
  return more.length > 0 ? refuse(`${call.name}() only accepts a single row input`) : rowOfCall(child, here)
}

const difference = (rows: readonly Bitmap[]): Bitmap =>
  folded(rows, (left, right) => left.andNot(right)) ?? refuse('empty Difference query is currently not supported')

/** One row of many, each step's freed by the next. */
const folded = ([first, ...others]: readonly Bitmap[], step: (left: Bitmap, right: Bitmap) => Bitmap): Bitmap | undefined => {
  let result = first
  for (const [at, other] of others.entries()) {
    const before = result
    result = before && step(before, other)
    if (at > 0) before?.free()
  }
  return result
}

/** Row(field=value), or with a comparison. */
const row = (call: Call, here: At): Bitmap => {
  const [asked, ...more] = fieldArguments(call)
  if (!asked) return refuse(`${call.name}() argument required: field`)
  if (more.length > 0) return refuse(`${call.name}(): too many arguments`)
  const field = fieldAt(here, asked.key)
  return isNumeric(field) ? numberRow(here, field, asked.value, call) : setRow(here, field, asked.value, call)
}

/** How many records two calls have in common. Of a comparison of numbers no row is made where the other gives one. */
export const countOfBoth = (one: Call, other: Call, here: At): number =>
  comparedWithin(one, other, here) ?? comparedWithin(other, one, here) ?? rowOfCall(one, here).andCount(rowOfCall(other, here))

const comparedWithin = (call: Call, other: Call, outer: At): number | undefined => {
  const here = at(call, outer)
  const [asked, ...more] = fieldArguments(call)
  if (call.name !== 'Row' || here.within || !asked || more.length > 0) return undefined
  const field = here.data.field(asked.key)
  return field && isNumeric(field) ? numberCount(here, field, asked.value, call, rowOfCall(other, outer)) : undefined
}

const most = Number.MAX_SAFE_INTEGER

const paged = (call: Call, row: Bitmap): Bitmap => {
  const [limit, offset = 0] = [intArgument(valueOf(call, 'limit')), intArgument(valueOf(call, 'offset'))]
  if (limit === undefined && offset === 0) return row
  if ((limit ?? 0) < 0 || offset < 0) return refuse('limit and offset must not be negative')
  const first = row.at(offset)
  const last = limit === undefined || offset + limit > most ? undefined : row.at(offset + limit)
  if (first === undefined || limit === 0) return row.slice(0, 0)
  return row.slice(first, last ?? 2n ** 64n)
}

const itemsOf = (value: Value | undefined): readonly Value[] => value === undefined ? [] : value.kind === 'list' ? value.items : [value]

const constRow = (call: Call, { space, data }: At): Bitmap => {
  const columns = itemsOf(plain(call, 'columns')).flatMap((value) => recordOf(space, data.table, value) ?? [])
  const row = space.bitmaps.of(columns.map(BigInt))
  return data.table.tracks ? row.and(data.index.all().bitmap) : row
}

const shifted = (call: Call, row: Bitmap): Bitmap => {
  const by = intArgument(valueOf(call, 'n')) ?? 0
  return by < 0 ? refuse('cannot shift by negative values') : row.shift(by)
}

const unionRows = (call: Call, here: At): Bitmap => here.space.bitmaps.union(call.children.flatMap((child) => {
  const inside = at(child, here)
  const sets = inside.data.index.sets(namedField(child, inside))
  return rowIdsOf(child, inside).flatMap((id) => sets.row(id) ?? [])
}))

const shardWidth = 2 ** 20

/** Runs the one call inside for the shards that are named, and for no others. */
export const withOptions = <T>(call: Call, here: At, run: (child: Call, here: At) => T): T => {
  const [child] = call.children
  if (!child || call.children.length > 1) return refuse('Options(): exactly one call is needed')
  const shards = plain(call, 'shards')
  if (shards === undefined) return run(child, here)
  if (shards.kind !== 'list') return refuse('Query(): shards must be a list of unsigned integers')
  const { bitmaps } = here.space
  const ranges = shards.items.map((shard) => {
    const number = shard.kind === 'int' && shard.value >= 0n && shard.value < 2n ** 44n ? Number(shard.value) : refuse('Query(): shards must be a list of unsigned integers')
    return bitmaps.range(number * shardWidth, (number + 1) * shardWidth)
  })
  const mask = bitmaps.union(ranges)
  return run(child, { ...here, within: here.within ? here.within.and(mask) : mask })
}
