// Operations on whole rows: a walk along two or more directories.
import { append, count, create, entryAt, keyAt, seek, sizeOf, whole } from './bitmap'
import { combine, OR, AND_NOT, XOR } from './combine'
import { DENSE, ENTRY, RUN, addTo, cardOf, clone as cloneContainer, dataOf, expand, isWhole, kindOf, settleCounted } from './container'
import * as dense from './dense'
import { countCommon, intersect } from './intersect'
import { allocate, failed, free } from './memory'

const made = memory.data(16, 16)
const between = memory.data(16, 16)
const words = memory.data(8192, 16)
const LAST_KEY: u64 = ~0

export function clone(a: usize): usize {
  const out = create()
  for (let at: u32 = 0; out && at < sizeOf(a) && !failed(); at++) {
    cloneContainer(made, entryAt(a, at))
    append(out, keyAt(a, at), made)
  }
  return whole(out, failed())
}

export function and(a: usize, b: usize): usize {
  const out = create()
  let i: u32 = 0
  let j: u32 = 0
  while (out && i < sizeOf(a) && j < sizeOf(b) && !failed()) {
    const key = keyAt(a, i)
    const other = keyAt(b, j)
    if (key === other) {
      intersect(entryAt(a, i++), entryAt(b, j++), made)
      append(out, key, made)
    } else if (key < other) i = seek(a, i, other)
    else j = seek(b, j, key)
  }
  return whole(out, failed())
}

export function countAnd(a: usize, b: usize): u64 {
  let total: u64 = 0
  let i: u32 = 0
  let j: u32 = 0
  while (i < sizeOf(a) && j < sizeOf(b)) {
    const key = keyAt(a, i)
    const other = keyAt(b, j)
    if (key === other) total += countCommon(entryAt(a, i++), entryAt(b, j++))
    else if (key < other) i = seek(a, i, other)
    else j = seek(b, j, key)
  }
  return total
}

/** Union, difference or symmetric difference. */
export function merged(operation: u32, a: usize, b: usize): usize {
  const out = create()
  const takesRight = operation !== AND_NOT
  let i: u32 = 0
  let j: u32 = 0
  while (out && !failed() && (i < sizeOf(a) || (takesRight && j < sizeOf(b)))) {
    const key = i < sizeOf(a) ? keyAt(a, i) : LAST_KEY
    const other = j < sizeOf(b) ? keyAt(b, j) : LAST_KEY
    if (key === other) combine(operation, entryAt(a, i++), entryAt(b, j++), made)
    else if (key < other) cloneContainer(made, entryAt(a, i++))
    else if (takesRight) cloneContainer(made, entryAt(b, j++))
    else {
      j = seek(b, j, key)
      continue
    }
    append(out, min(key, other), made)
  }
  return whole(out, failed())
}

export function or(a: usize, b: usize): usize {
  return merged(OR, a, b)
}

export function andNot(a: usize, b: usize): usize {
  return merged(AND_NOT, a, b)
}

export function xor(a: usize, b: usize): usize {
  return merged(XOR, a, b)
}

/** The union of `n` bitmaps, whose handles stand at `list`. Their containers of one key are gathered in one set of words. */
export function union(list: usize, n: u32): usize {
  const out = create()
  const places = allocate(n << 2)
  if (places) memory.fill(places, 0, n << 2)
  while (out && places && !failed()) {
    const key = lowestKey(list, n, places)
    if (key === LAST_KEY) break
    uniteAt(list, n, places, key)
    append(out, key, made)
  }
  free(places)
  return whole(out, failed())
}

function lowestKey(list: usize, n: u32, places: usize): u64 {
  let key = LAST_KEY
  for (let row: u32 = 0; row < n; row++) {
    const bitmap: usize = load<u32>(list + (row << 2))
    const at = load<u32>(places + (row << 2))
    if (at < sizeOf(bitmap)) key = min(key, keyAt(bitmap, at))
  }
  return key
}

function uniteAt(list: usize, n: u32, places: usize, key: u64): void {
  let first: usize = 0
  let found: u32 = 0
  let mayRun = false
  for (let row: u32 = 0; row < n; row++) {
    const bitmap: usize = load<u32>(list + (row << 2))
    const place = places + (row << 2)
    const at = load<u32>(place)
    if (at >= sizeOf(bitmap) || keyAt(bitmap, at) !== key) continue
    store<u32>(place, at + 1)
    const entry = entryAt(bitmap, at)
    mayRun = mayRun || kindOf(entry) === RUN
    if (!found++) first = entry
    else {
      if (found === 2) expand(words, first)
      if (kindOf(entry) === DENSE) dense.or(words, words, dataOf(entry))
      else addTo(words, entry)
    }
  }
  if (found === 1) cloneContainer(made, first)
  else settleCounted(made, words, mayRun)
}

/** The intersection of `n` bitmaps, at least one, led by the one with the fewest containers. */
export function intersection(list: usize, n: u32): usize {
  let leader: usize = load<u32>(list)
  for (let row: u32 = 1; row < n; row++) if (sizeOf(load<u32>(list + (row << 2))) < sizeOf(leader)) leader = load<u32>(list + (row << 2))
  const out = create()
  const places = allocate(n << 2)
  if (places) memory.fill(places, 0, n << 2)
  for (let at: u32 = 0; out && places && at < sizeOf(leader) && !failed(); at++) {
    if (!intersectAt(list, n, places, leader, at)) continue
    append(out, keyAt(leader, at), made)
  }
  free(places)
  return whole(out, failed())
}

/** Leaves in `made` what all have in common at one key, if they have something. */
function intersectAt(list: usize, n: u32, places: usize, leader: usize, at: u32): bool {
  const key = keyAt(leader, at)
  for (let row: u32 = 0; row < n; row++) {
    const bitmap: usize = load<u32>(list + (row << 2))
    const place = seek(bitmap, load<u32>(places + (row << 2)), key)
    store<u32>(places + (row << 2), place)
    if (place >= sizeOf(bitmap) || keyAt(bitmap, place) !== key) return false
  }
  cloneContainer(made, entryAt(leader, at))
  for (let row: u32 = 0; row < n && cardOf(made); row++) {
    const bitmap: usize = load<u32>(list + (row << 2))
    if (bitmap === leader) continue
    memory.copy(between, made, ENTRY)
    intersect(between, entryAt(bitmap, load<u32>(places + (row << 2))), made)
    free(dataOf(between))
  }
  return cardOf(made) !== 0
}

/** For each of `n` bitmaps how many members it shares with the filter, or has, as numbers at `out`. */
export function counts(list: usize, n: u32, filter: usize, out: usize): void {
  for (let row: u32 = 0; row < n; row++) {
    const bitmap: usize = load<u32>(list + (row << 2))
    store<f64>(out + (row << 3), <f64>(filter ? countAnd(bitmap, filter) : count(bitmap)))
  }
}

export function equal(a: usize, b: usize): bool {
  if (sizeOf(a) !== sizeOf(b)) return false
  for (let at: u32 = 0; at < sizeOf(a); at++) {
    const one = entryAt(a, at)
    const other = entryAt(b, at)
    if (keyAt(a, at) !== keyAt(b, at) || cardOf(one) !== cardOf(other)) return false
    if (isWhole(one)) continue
    if (countCommon(one, other) !== cardOf(one)) return false
  }
  return true
}
