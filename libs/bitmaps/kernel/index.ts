// What the module offers. Columns cross the border as two 32-bit halves: high, low.
import * as aggregates from './aggregate'
import * as bitmaps from './bitmap'
import * as changes from './change'
import * as comparing from './compare'
import * as frozen from './frozen'
import * as order from './order'
import * as patches from './patch'
import * as sizes from './optimise'
import * as rows from './rows'
import * as slicing from './slices'
import { distinct as distinctOf } from './distinct'
import { STAGING, staging } from './staging'

const answer = memory.data(16, 16)

function joined(high: u32, low: u32): u64 {
  return (<u64>high << 32) | low
}

export { allocate, free, open, takeFull, usedBytes } from './memory'
export { and, andNot, clone, counts, equal, intersection, or, union, xor } from './rows'
export { create, destroy, replace } from './bitmap'
export { optimise } from './optimise'
export { freezeContainers, freezeEntries, freezeHead, freezeKeys, thaw } from './frozen'
export { appendColumns } from './build'
export { appendValues, createSlices, deepen, depthOf, destroySlices, memberOf, overlay, toIntegers } from './slices'
export { group } from './groups'

/** Where columns, values and bytes are handed over, and where a single answer lies. */
export function stagingAt(): usize {
  return staging
}

export function stagingBytes(): u32 {
  return STAGING
}

export function answerAt(): usize {
  return answer
}

export function count(bitmap: usize): f64 {
  return <f64>bitmaps.count(bitmap)
}

export function countAnd(a: usize, b: usize): f64 {
  return <f64>rows.countAnd(a, b)
}

export function bytesUsed(bitmap: usize): f64 {
  return <f64>sizes.bytesUsed(bitmap)
}

export function has(bitmap: usize, high: u32, low: u32): bool {
  return changes.has(bitmap, joined(high, low))
}

export function add(bitmap: usize, high: u32, low: u32): i32 {
  return changes.add(bitmap, joined(high, low))
}

export function remove(bitmap: usize, high: u32, low: u32): i32 {
  return changes.remove(bitmap, joined(high, low))
}

/** `out` leaves the bitmap and `into` joins it (0 for none): by how many members it has changed, or -1 and nothing has. */
export function change(bitmap: usize, out: usize, into: usize): f64 {
  return patches.change(bitmap, out, into) ? <f64>abs<i64>(patches.changedBy) : -1
}

export function slice(bitmap: usize, high: u32, low: u32, lastHigh: u32, lastLow: u32): usize {
  return order.slice(bitmap, joined(high, low), joined(lastHigh, lastLow))
}

export function countBetween(bitmap: usize, high: u32, low: u32, lastHigh: u32, lastLow: u32): f64 {
  return <f64>order.countBetween(bitmap, joined(high, low), joined(lastHigh, lastLow))
}

export function between(high: u32, low: u32, lastHigh: u32, lastLow: u32): usize {
  return order.between(joined(high, low), joined(lastHigh, lastLow))
}

export function shift(bitmap: usize, high: u32, low: u32): usize {
  return order.shift(bitmap, joined(high, low))
}

export function lowest(bitmap: usize): bool {
  return order.lowest(bitmap, answer)
}

export function highest(bitmap: usize): bool {
  return order.highest(bitmap, answer)
}

export function select(bitmap: usize, high: u32, low: u32): bool {
  return order.select(bitmap, joined(high, low), answer)
}

export function rank(bitmap: usize, high: u32, low: u32): f64 {
  return <f64>order.rank(bitmap, joined(high, low))
}

export function page(bitmap: usize, high: u32, low: u32, most: u32, asFloats: bool): u32 {
  return order.page(bitmap, joined(high, low), min(most, STAGING >> 3), staging, asFloats)
}

export function frozenBytes(bitmap: usize): f64 {
  return <f64>frozen.frozenBytes(bitmap)
}

export function pieceBytes(): u32 {
  return frozen.pieceBytes
}

/** Sums a piece on top of the pieces before; the sum stands at the answer. */
export function sumPiece(at: usize, bytes: u32): void {
  store<u64>(answer, frozen.sum(load<u64>(answer), at, bytes))
}

/** The value stands at the answer. */
export function valueOf(slices: usize, high: u32, low: u32): bool {
  return slicing.valueOf(slices, joined(high, low), answer)
}

/** One constant of a comparison, the first or the second: what is wanted of the values is a set of LESS, EQUAL and GREATER. */
export function wish(at: u32, high: u32, low: u32, wanted: u32): void {
  comparing.wish(at, <i64>joined(high, low), wanted)
}

export function compare(slices: usize, filter: usize, constants: u32): usize {
  return comparing.compare(slices, filter, constants)
}

export function countCompared(slices: usize, filter: usize, constants: u32): f64 {
  return <f64>comparing.countCompared(slices, filter, constants)
}

export function sum(slices: usize, filter: usize): void {
  aggregates.sum(slices, filter, staging)
}

export function extreme(slices: usize, filter: usize, largest: bool): bool {
  return aggregates.extreme(slices, filter, largest, answer)
}

export function first(slices: usize, filter: usize, high: u32, low: u32, largest: bool): usize {
  return aggregates.first(slices, filter, joined(high, low), largest)
}

/** Columns come in the first half of the staging window, values in the second. */
export function decode(slices: usize, filter: usize, high: u32, low: u32, most: u32, asFloats: bool): u32 {
  return aggregates.decode(slices, filter, joined(high, low), min(most, STAGING >> 4), staging, staging + (STAGING >> 1), asFloats)
}

export function distinct(slices: usize, filter: usize, negative: bool): usize {
  return distinctOf(slices, filter, negative)
}
