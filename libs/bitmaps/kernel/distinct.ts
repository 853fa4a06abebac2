// The different values among the columns that pass: columns are split by one bit after the other, from the highest. Where only a few are
// left their values are read; where all values below a point are known already, nobody looks there again.
import { create, destroy, keyAt, sizeOf } from './bitmap'
import { LONGS, appendColumns } from './build'
import { numbers } from './container'
import * as dense from './dense'
import { change } from './patch'
import { EXISTS, FIRST_BIT, SIGN, candidates, depthOf, gatherPlanes, isEmptyPlane, memberOf, plane } from './slices'
import { staging } from './staging'

const FEW: u32 = 64
const DEEPEST_TREE: u32 = 12
const passing = memory.data(8192, 16)
const signed = memory.data(8192, 16)
const levels = memory.data(65 * 8192, 16)
/** Which values, and which whole halves of values, have been found: a tree whose root is 1. */
const tree = memory.data(8192, 16)
let found: u32 = 0
let depth: u32 = 0

/** The magnitudes of the values that are negative, or that are not. */
export function distinct(slices: usize, filter: usize, negative: bool): usize {
  const out = create()
  if (!out) return 0
  memory.fill(tree, 0, 8192)
  depth = depthOf(slices)
  const exists = memberOf(slices, EXISTS)
  for (let at: u32 = 0; at < sizeOf(exists); at++) {
    if (!candidates(slices, at, filter, passing)) continue
    gatherPlanes(slices, keyAt(exists, at))
    if (negative) dense.and(signed, passing, plane(SIGN))
    else dense.andNot(signed, passing, plane(SIGN))
    found = 0
    const card = dense.count(signed)
    if (card) visit(signed, card, depth, 0)
    if (found && !join(out)) {
      destroy(out)
      return 0
    }
  }
  return out
}

function join(out: usize): bool {
  const more = create()
  const isDone = more !== 0 && appendColumns(more, staging, found, LONGS) === 0 && change(out, 0, more)
  destroy(more)
  return isDone
}

function nodeOf(bits: u32, prefix: u64): usize {
  return tree + (1 << (depth - bits)) + <usize>(prefix >> <u64>bits)
}

function report(value: u64): void {
  if (depth <= DEEPEST_TREE) {
    const leaf = nodeOf(0, value)
    if (load<u8>(leaf)) return
    store<u8>(leaf, 1)
  }
  store<u64>(staging + (found++ << 3), value)
}

/** Looks at columns that agree in all but the last `bits` bits. */
function visit(words: usize, card: u32, bits: u32, prefix: u64): void {
  const isMapped = depth <= DEEPEST_TREE
  if (isMapped && load<u8>(nodeOf(bits, prefix))) return
  if (!bits) return report(prefix)
  if (card <= FEW) return read(words, bits, prefix)
  const bit = bits - 1
  const high = prefix | (<u64>1 << <u64>bit)
  let rest = card
  if (isEmptyPlane(FIRST_BIT + bit)) visit(words, card, bit, prefix)
  else {
    const room = levels + bits * 8192
    dense.andNot(room, words, plane(FIRST_BIT + bit))
    const zeros = dense.count(room)
    if (zeros) visit(room, zeros, bit, prefix)
    rest -= zeros
    if (rest) {
      dense.and(room, words, plane(FIRST_BIT + bit))
      visit(room, rest, bit, high)
    }
  }
  if (isMapped) store<u8>(nodeOf(bits, prefix), load<u8>(nodeOf(bit, prefix)) & load<u8>(nodeOf(bit, high)))
}

const values = memory.data(64 * 8, 16)
function read(words: usize, bits: u32, prefix: u64): void {
  const n = dense.extract(words, numbers)
  for (let i: u32 = 0; i < n; i++) {
    let value = prefix
    for (let bit: u32 = 0; bit < bits; bit++) value |= <u64>dense.has(plane(FIRST_BIT + bit), load<u16>(numbers + (i << 1))) << <u64>bit
    let at = i
    for (; at && load<u64>(values + ((at - 1) << 3)) > value; at--) store<u64>(values + (at << 3), load<u64>(values + ((at - 1) << 3)))
    store<u64>(values + (at << 3), value)
  }
  for (let i: u32 = 0; i < n; i++) if (!i || load<u64>(values + (i << 3)) !== load<u64>(values + ((i - 1) << 3))) report(load<u64>(values + (i << 3)))
}
