// A container holds the members of 65536 neighbouring columns. Its entry is 16 bytes: pointer, members, kind, runs.
import { DENSE_BYTES, clear, clearRange, copy, count, countRuns, extract, extractRuns, flip, flipRange, set, setRange, unset } from './dense'
import { allocate, free } from './memory'

export const ARRAY: u32 = 1
export const DENSE: u32 = 2
export const RUN: u32 = 3
/** Its bytes lie in an image that was loaded whole: they are never given back alone. */
export const BORROWED: u32 = 256

export const ENTRY: usize = 16
export const MOST_IN_ARRAY: u32 = 4096
export const MOST_RUNS: u32 = 2047

/** Room for the members of an array, for merged runs, and for two containers as words. */
export const numbers = memory.data(131072, 16)
export const left = memory.data(8192, 16)
export const right = memory.data(8192, 16)

export function dataOf(entry: usize): usize {
  return load<u32>(entry)
}

export function cardOf(entry: usize): u32 {
  return load<u32>(entry, 4)
}

export function kindOf(entry: usize): u32 {
  return load<u32>(entry, 8) & 255
}

export function isBorrowed(entry: usize): bool {
  return (load<u32>(entry, 8) & BORROWED) !== 0
}

export function runsOf(entry: usize): u32 {
  return load<u32>(entry, 12)
}

export function put(entry: usize, data: usize, card: u32, kind: u32, runs: u32): void {
  store<u32>(entry, <u32>data)
  store<u32>(entry, card, 4)
  store<u32>(entry, kind, 8)
  store<u32>(entry, runs, 12)
}

export function nothing(entry: usize): void {
  put(entry, 0, 0, 0, 0)
}

export function move(to: usize, from: usize): void {
  memory.copy(to, from, ENTRY)
}

export function isWhole(entry: usize): bool {
  return cardOf(entry) === 65536
}

export function bytesOf(kind: u32, card: u32, runs: u32): u32 {
  return kind === ARRAY ? card << 1 : kind === DENSE ? <u32>DENSE_BYTES : runs << 2
}

/** Gives its bytes back; the entry is left as it is. */
export function drop(entry: usize): void {
  if (!isBorrowed(entry)) free(dataOf(entry))
}

/** Makes a container of bytes that lie elsewhere. Without memory the entry is nothing. */
export function keep(out: usize, from: usize, card: u32, kind: u32, runs: u32): void {
  nothing(out)
  if (!card) return
  const bytes = bytesOf(kind, card, runs)
  const data = allocate(bytes)
  if (!data) return
  memory.copy(data, from, bytes)
  put(out, data, card, kind, runs)
}

export function clone(out: usize, entry: usize): void {
  keep(out, dataOf(entry), cardOf(entry), kindOf(entry), runsOf(entry))
}

export function runFirst(runs: usize, at: u32): u32 {
  return load<u16>(runs + (at << 2))
}

export function runLast(runs: usize, at: u32): u32 {
  return load<u16>(runs + (at << 2), 2)
}

/** The words of a container: its own where it has some, else written to `room`. */
export function wordsOf(entry: usize, room: usize): usize {
  if (kindOf(entry) === DENSE) return dataOf(entry)
  clear(room)
  addTo(room, entry)
  return room
}

export function expand(to: usize, entry: usize): void {
  if (kindOf(entry) === DENSE) return copy(to, dataOf(entry))
  clear(to)
  addTo(to, entry)
}

/** Adds the members of a container that is not dense to words. */
export function addTo(words: usize, entry: usize): void {
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) {
    const end = data + (cardOf(entry) << 1)
    for (let at = data; at < end; at += 2) set(words, load<u16>(at))
  } else for (let run: u32 = 0; run < runsOf(entry); run++) setRange(words, runFirst(data, run), runLast(data, run))
}

export function removeFrom(words: usize, entry: usize): void {
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) {
    const end = data + (cardOf(entry) << 1)
    for (let at = data; at < end; at += 2) unset(words, load<u16>(at))
  } else for (let run: u32 = 0; run < runsOf(entry); run++) clearRange(words, runFirst(data, run), runLast(data, run))
}

export function flipIn(words: usize, entry: usize): void {
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) {
    const end = data + (cardOf(entry) << 1)
    for (let at = data; at < end; at += 2) flip(words, load<u16>(at))
  } else for (let run: u32 = 0; run < runsOf(entry); run++) flipRange(words, runFirst(data, run), runLast(data, run))
}

/** Makes the smallest container for words with `card` members; runs are looked for only where there may be some. */
export function settle(out: usize, words: usize, card: u32, mayRun: bool): void {
  if (mayRun && card) {
    const runs = countRuns(words)
    if (runs <= MOST_RUNS && runs << 2 < min(card << 1, <u32>DENSE_BYTES)) {
      extractRuns(words, numbers)
      return keep(out, numbers, card, RUN, runs)
    }
  }
  if (card > MOST_IN_ARRAY) return keep(out, words, card, DENSE, 0)
  extract(words, numbers)
  keep(out, numbers, card, ARRAY, 0)
}

export function settleCounted(out: usize, words: usize, mayRun: bool): void {
  settle(out, words, count(words), mayRun)
}

/** Makes the smallest container for the runs at `from`, which may not be `left`. */
export function settleRuns(out: usize, from: usize, runs: u32): void {
  let card: u32 = 0
  for (let run: u32 = 0; run < runs; run++) card += runLast(from, run) - runFirst(from, run) + 1
  if (runs <= MOST_RUNS && runs << 2 <= min(card << 1, <u32>DENSE_BYTES)) return keep(out, from, card, RUN, runs)
  clear(left)
  for (let run: u32 = 0; run < runs; run++) setRange(left, runFirst(from, run), runLast(from, run))
  settle(out, left, card, false)
}

/** The place of the first member that is not below `low`. */
export function lowerBound(data: usize, card: u32, low: u32): u32 {
  let from: u32 = 0
  let to = card
  while (from < to) {
    const middle = (from + to) >> 1
    if (<u32>load<u16>(data + (middle << 1)) < low) from = middle + 1
    else to = middle
  }
  return from
}

/** The first run that does not end before `low`. */
export function runAt(data: usize, runs: u32, low: u32): u32 {
  let from: u32 = 0
  let to = runs
  while (from < to) {
    const middle = (from + to) >> 1
    if (runLast(data, middle) < low) from = middle + 1
    else to = middle
  }
  return from
}

export function holds(entry: usize, low: u32): bool {
  const data = dataOf(entry)
  const kind = kindOf(entry)
  if (kind === DENSE) return ((load<u8>(data + (low >> 3)) >> <u8>(low & 7)) & 1) !== 0
  if (kind === ARRAY) {
    const at = lowerBound(data, cardOf(entry), low)
    return at < cardOf(entry) && <u32>load<u16>(data + (at << 1)) === low
  }
  const run = runAt(data, runsOf(entry), low)
  return run < runsOf(entry) && runFirst(data, run) <= low
}
