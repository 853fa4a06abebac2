// Union, difference and symmetric difference of two containers. What is not done on lists or runs is done on words.
import { ARRAY, DENSE, MOST_IN_ARRAY, RUN, addTo, cardOf, clone, dataOf, expand, flipIn, isWhole, keep, kindOf, left, nothing, numbers, put, removeFrom, right, runFirst, runLast, runsOf, settleCounted, settleRuns, wordsOf } from './container'
import * as dense from './dense'
import { filterNumbers } from './intersect'

export const OR: u32 = 1
export const AND_NOT: u32 = 2
export const XOR: u32 = 3

function areSmallLists(a: usize, b: usize): bool {
  return kindOf(a) === ARRAY && kindOf(b) === ARRAY && cardOf(a) + cardOf(b) <= MOST_IN_ARRAY
}

function hasRuns(a: usize, b: usize): bool {
  return kindOf(a) === RUN || kindOf(b) === RUN
}

/** Merges two lists into `numbers`; a number that both have is taken once, or not at all. */
function mergeLists(a: usize, b: usize, keepsCommon: bool): u32 {
  const one = dataOf(a)
  const two = dataOf(b)
  const endOne = one + (cardOf(a) << 1)
  const endTwo = two + (cardOf(b) << 1)
  let i = one
  let j = two
  let out = numbers
  while (i < endOne && j < endTwo) {
    const x = load<u16>(i)
    const y = load<u16>(j)
    store<u16>(out, min(x, y))
    out += x !== y || keepsCommon ? 2 : 0
    i += x <= y ? 2 : 0
    j += y <= x ? 2 : 0
  }
  memory.copy(out, i, endOne - i)
  out += endOne - i
  memory.copy(out, j, endTwo - j)
  out += endTwo - j
  return <u32>(out - numbers) >> 1
}

function mergeRuns(a: usize, b: usize): u32 {
  const one = dataOf(a)
  const two = dataOf(b)
  let i: u32 = 0
  let j: u32 = 0
  let found: u32 = 0
  while (i < runsOf(a) || j < runsOf(b)) {
    const takesOne = j === runsOf(b) || (i < runsOf(a) && runFirst(one, i) <= runFirst(two, j))
    const first = takesOne ? runFirst(one, i) : runFirst(two, j)
    const last = takesOne ? runLast(one, i++) : runLast(two, j++)
    if (found && first <= runLast(numbers, found - 1) + 1) {
      if (last > runLast(numbers, found - 1)) store<u16>(numbers + ((found - 1) << 2), <u16>last, 2)
    } else {
      store<u16>(numbers + (found << 2), <u16>first)
      store<u16>(numbers + (found << 2), <u16>last, 2)
      found++
    }
  }
  return found
}

export function unite(a: usize, b: usize, out: usize): void {
  if (isWhole(a)) return clone(out, a)
  if (isWhole(b)) return clone(out, b)
  if (areSmallLists(a, b)) return keep(out, numbers, mergeLists(a, b, true), ARRAY, 0)
  if (kindOf(a) === RUN && kindOf(b) === RUN) return settleRuns(out, numbers, mergeRuns(a, b))
  expand(left, a)
  if (kindOf(b) === DENSE) dense.or(left, left, dataOf(b))
  else addTo(left, b)
  settleCounted(out, left, hasRuns(a, b))
}

export function subtract(a: usize, b: usize, out: usize): void {
  if (isWhole(b)) return nothing(out)
  if (kindOf(a) === ARRAY) return keep(out, numbers, filterNumbers(a, wordsOf(b, right), 0), ARRAY, 0)
  expand(left, a)
  if (kindOf(b) === DENSE) dense.andNot(left, left, dataOf(b))
  else removeFrom(left, b)
  settleCounted(out, left, hasRuns(a, b))
}

export function differ(a: usize, b: usize, out: usize): void {
  if (areSmallLists(a, b)) return keep(out, numbers, mergeLists(a, b, false), ARRAY, 0)
  expand(left, a)
  if (kindOf(b) === DENSE) dense.xor(left, left, dataOf(b))
  else flipIn(left, b)
  settleCounted(out, left, hasRuns(a, b))
}

export function combine(operation: u32, a: usize, b: usize, out: usize): void {
  if (operation === OR) unite(a, b, out)
  else if (operation === AND_NOT) subtract(a, b, out)
  else differ(a, b, out)
}

/** Makes an entry for one run, whose four bytes the caller owns. */
export function oneRun(entry: usize, bytes: usize, first: u32, last: u32): void {
  store<u16>(bytes, <u16>first)
  store<u16>(bytes, <u16>last, 2)
  put(entry, bytes, last - first + 1, RUN, 1)
}
