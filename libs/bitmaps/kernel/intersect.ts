// What two containers have in common, counted or made, for each pair of kinds.
import { ARRAY, DENSE, RUN, cardOf, clone, dataOf, expand, isWhole, keep, kindOf, left, lowerBound, nothing, numbers, right, runFirst, runLast, runsOf, settle, settleCounted, settleRuns } from './container'
import * as dense from './dense'

const GALLOP: u32 = 32

export function countCommon(a: usize, b: usize): u32 {
  if (isWhole(a)) return cardOf(b)
  if (isWhole(b)) return cardOf(a)
  const one = kindOf(a)
  const other = kindOf(b)
  if (one === DENSE && other === DENSE) return dense.countAnd(dataOf(a), dataOf(b))
  if (one > other) return countCommon(b, a)
  if (one === ARRAY && other === DENSE) return countListed(dataOf(a), cardOf(a), dataOf(b))
  if (one === ARRAY && other === ARRAY) return commonNumbers(dataOf(a), cardOf(a), dataOf(b), cardOf(b), 0)
  if (one === ARRAY) return numbersInRuns(a, b, 0)
  if (one === DENSE) return countInRuns(dataOf(a), b)
  return countRunsCommon(a, b)
}

/** How many of the listed members the words have. Four at a time: the additions need not wait for each other. */
export function countListed(list: usize, card: u32, words: usize): u32 {
  let one: u32 = 0
  let two: u32 = 0
  const end = list + (card << 1)
  let at = list
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at)
    const a = <u32>four & 0xffff
    const b = <u32>four >> 16
    const c = <u32>(four >> 32) & 0xffff
    const d = <u32>(four >> 48)
    one += ((<u32>load<u8>(words + (a >> 3)) >> (a & 7)) & 1) + ((<u32>load<u8>(words + (c >> 3)) >> (c & 7)) & 1)
    two += ((<u32>load<u8>(words + (b >> 3)) >> (b & 7)) & 1) + ((<u32>load<u8>(words + (d >> 3)) >> (d & 7)) & 1)
  }
  for (; at < end; at += 2) one += <u32>dense.has(words, load<u16>(at))
  return one + two
}

/** Counts what two ascending lists share, and writes it to `out` unless that is 0. */
function commonNumbers(a: usize, cardA: u32, b: usize, cardB: u32, out: usize): u32 {
  if (cardA > cardB) return commonNumbers(b, cardB, a, cardA, out)
  if (cardA * GALLOP < cardB) return gallop(a, cardA, b, cardB, out)
  return merge(a, cardA, b, cardB, out)
}

function gallop(a: usize, cardA: u32, b: usize, cardB: u32, out: usize): u32 {
  let found: u32 = 0
  let from: u32 = 0
  for (let at: u32 = 0; at < cardA && from < cardB; at++) {
    const low = <u32>load<u16>(a + (at << 1))
    let step: u32 = 1
    while (from + step < cardB && <u32>load<u16>(b + ((from + step) << 1)) < low) step <<= 1
    const start = from + (step >> 1)
    from = start + lowerBound(b + (start << 1), min(from + step + 1, cardB) - start, low)
    if (from < cardB && <u32>load<u16>(b + (from << 1)) === low) {
      if (out) store<u16>(out + (found << 1), <u16>low)
      found++
    }
  }
  return found
}

// Eight numbers of one list meet eight of the other in all eight rotations; then the list whose block ends lower moves on.
function merge(a: usize, cardA: u32, b: usize, cardB: u32, out: usize): u32 {
  let found: u32 = 0
  let i: u32 = 0
  let j: u32 = 0
  while (i + 8 <= cardA && j + 8 <= cardB) {
    const one = v128.load(a + (i << 1))
    const two = v128.load(b + (j << 1))
    let hits = hitsOf(one, two)
    if (!out) found += popcnt<u32>(hits)
    else while (hits) {
      store<u16>(out + (found << 1), load<u16>(a + ((i + ctz<u32>(hits)) << 1)))
      found++
      hits &= hits - 1
    }
    const lastA = load<u16>(a + (i << 1), 14)
    const lastB = load<u16>(b + (j << 1), 14)
    i += lastA <= lastB ? 8 : 0
    j += lastB <= lastA ? 8 : 0
  }
  while (i < cardA && j < cardB) {
    const one = load<u16>(a + (i << 1))
    const two = load<u16>(b + (j << 1))
    if (one === two) {
      if (out) store<u16>(out + (found << 1), one)
      found++
    }
    i += <u32>(one <= two)
    j += <u32>(two <= one)
  }
  return found
}

function hitsOf(one: v128, two: v128): u32 {
  let hits = i16x8.eq(one, two)
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 1, 2, 3, 4, 5, 6, 7, 0)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 2, 3, 4, 5, 6, 7, 0, 1)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 3, 4, 5, 6, 7, 0, 1, 2)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 4, 5, 6, 7, 0, 1, 2, 3)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 5, 6, 7, 0, 1, 2, 3, 4)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 6, 7, 0, 1, 2, 3, 4, 5)))
  hits = v128.or(hits, i16x8.eq(one, v128.shuffle<u16>(two, two, 7, 0, 1, 2, 3, 4, 5, 6)))
  return <u32>i16x8.bitmask(hits)
}

function numbersInRuns(list: usize, runs: usize, out: usize): u32 {
  const data = dataOf(list)
  const pairs = dataOf(runs)
  let found: u32 = 0
  let run: u32 = 0
  for (let at: u32 = 0; at < cardOf(list); at++) {
    const low = <u32>load<u16>(data + (at << 1))
    while (run < runsOf(runs) && runLast(pairs, run) < low) run++
    if (run === runsOf(runs)) break
    if (runFirst(pairs, run) > low) continue
    if (out) store<u16>(out + (found << 1), <u16>low)
    found++
  }
  return found
}

function countInRuns(words: usize, runs: usize): u32 {
  let found: u32 = 0
  for (let run: u32 = 0; run < runsOf(runs); run++) found += dense.countRange(words, runFirst(dataOf(runs), run), runLast(dataOf(runs), run))
  return found
}

function countRunsCommon(a: usize, b: usize): u32 {
  const runs = commonRuns(a, b, numbers)
  let found: u32 = 0
  for (let run: u32 = 0; run < runs; run++) found += runLast(numbers, run) - runFirst(numbers, run) + 1
  return found
}

/** Two lists of runs share at most as many runs as they have together. */
function commonRuns(a: usize, b: usize, out: usize): u32 {
  const one = dataOf(a)
  const two = dataOf(b)
  let i: u32 = 0
  let j: u32 = 0
  let found: u32 = 0
  while (i < runsOf(a) && j < runsOf(b)) {
    const first = max(runFirst(one, i), runFirst(two, j))
    const last = min(runLast(one, i), runLast(two, j))
    if (first <= last) {
      store<u16>(out + (found << 2), <u16>first)
      store<u16>(out + (found << 2), <u16>last, 2)
      found++
    }
    if (runLast(one, i) < runLast(two, j)) i++
    else j++
  }
  return found
}

/** Writes the members of `list`, an array, that `other` has (or has not, when `wanted` is false) to `numbers`. */
export function filterNumbers(list: usize, words: usize, wanted: u32): u32 {
  const data = dataOf(list)
  let found: u32 = 0
  for (let at: u32 = 0; at < cardOf(list); at++) {
    const low = load<u16>(data + (at << 1))
    store<u16>(numbers + (found << 1), low)
    found += <u32>dense.has(words, low) ^ wanted ^ 1
  }
  return found
}

export function intersect(a: usize, b: usize, out: usize): void {
  if (isWhole(a)) return clone(out, b)
  if (isWhole(b)) return clone(out, a)
  const one = kindOf(a)
  const other = kindOf(b)
  if (one > other) return intersect(b, a, out)
  if (one === DENSE && other === DENSE) return intersectDense(a, b, out)
  if (one === ARRAY) return keep(out, numbers, listCommon(a, b, other), ARRAY, 0)
  if (one === RUN) return settleRuns(out, numbers, commonRuns(a, b, numbers))
  expand(right, b)
  dense.and(left, dataOf(a), right)
  settleCounted(out, left, true)
}

function listCommon(a: usize, b: usize, kind: u32): u32 {
  if (kind === DENSE) return filterNumbers(a, dataOf(b), 1)
  if (kind === ARRAY) return commonNumbers(dataOf(a), cardOf(a), dataOf(b), cardOf(b), numbers)
  return numbersInRuns(a, b, numbers)
}

function intersectDense(a: usize, b: usize, out: usize): void {
  const card = dense.countAnd(dataOf(a), dataOf(b))
  if (!card) return nothing(out)
  dense.and(left, dataOf(a), dataOf(b))
  settle(out, left, card, false)
}
