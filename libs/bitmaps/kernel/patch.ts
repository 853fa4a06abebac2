// Many changes at once: first every container that will differ is made beside the old ones (a patch), then they change places, which
// needs no more memory. So all of it happens or nothing.
import { create, destroy, dropAt, entryAt, find, insertAt, keyAt, removeAt, reserve, sizeOf, whole } from './bitmap'
import { subtract, unite } from './combine'
import { cardOf, clone, drop, move, nothing } from './container'
import { countCommon } from './intersect'
import { failed } from './memory'

const LAST_KEY: u64 = ~0
const cleared = memory.data(16, 16)
const made = memory.data(16, 16)

function keyOr(bitmap: usize, at: u32): u64 {
  return bitmap && at < sizeOf(bitmap) ? keyAt(bitmap, at) : LAST_KEY
}

function entryOr(bitmap: usize, at: i32): usize {
  return bitmap && at >= 0 ? entryAt(bitmap, at) : 0
}

/** What becomes of the containers of `bitmap` when `out` leaves it and then `into` joins it (0 for none). An empty one stands for its end. */
export function patchOf(bitmap: usize, out: usize, into: usize): usize {
  const patch = create()
  let i: u32 = 0
  let j: u32 = 0
  while (patch && !failed()) {
    const key = min(keyOr(out, i), keyOr(into, j))
    if (key === LAST_KEY) break
    const leaves = keyOr(out, i) === key ? entryAt(out, i++) : 0
    const joins = keyOr(into, j) === key ? entryAt(into, j++) : 0
    if (changeOf(entryOr(bitmap, find(bitmap, key)), leaves, joins)) note(patch, key)
  }
  if (patch && !failed()) reserve(bitmap, sizeOf(patch))
  return whole(patch, failed())
}

/** Leaves in `made` what becomes of a container; false when it stays as it is. */
function changeOf(before: usize, leaves: usize, joins: usize): bool {
  nothing(made)
  const isLeft = before !== 0 && leaves !== 0 && countCommon(before, leaves) !== 0
  if (!isLeft && (joins === 0 || (before !== 0 && countCommon(before, joins) === cardOf(joins)))) return false
  if (!isLeft) {
    if (before) unite(before, joins, made)
    else clone(made, joins)
    return true
  }
  if (!joins) {
    subtract(before, leaves, made)
    return true
  }
  subtract(before, leaves, cleared)
  if (!cardOf(cleared)) clone(made, joins)
  else unite(cleared, joins, made)
  if (cardOf(cleared)) drop(cleared)
  return true
}

/** Puts `made` behind the others, even when it is empty. */
function note(patch: usize, key: u64): void {
  if (reserve(patch, 1)) insertAt(patch, sizeOf(patch), key, made)
  else drop(made)
}

/** Puts a patch into its bitmap, and frees what is left of it. Says how many members there are more (or fewer, below 0). */
export function apply(bitmap: usize, patch: usize): i64 {
  let more: i64 = 0
  for (let at: u32 = 0; at < sizeOf(patch); at++) {
    const entry = entryAt(patch, at)
    const place = find(bitmap, keyAt(patch, at))
    more += cardOf(entry)
    if (place >= 0) {
      more -= cardOf(entryAt(bitmap, place))
      dropAt(bitmap, place)
      if (cardOf(entry)) move(entryAt(bitmap, place), entry)
      else removeAt(bitmap, place)
    } else if (cardOf(entry)) insertAt(bitmap, ~place, keyAt(patch, at), entry)
    nothing(entry)
  }
  destroy(patch)
  return more
}

/** Lets `out` leave and `into` join. `changedBy` tells by how many members; false when there was no memory, and nothing has changed. */
export let changedBy: i64 = 0
export function change(bitmap: usize, out: usize, into: usize): bool {
  const patch = patchOf(bitmap, out, into)
  if (!patch) return false
  changedBy = apply(bitmap, patch)
  return true
}
