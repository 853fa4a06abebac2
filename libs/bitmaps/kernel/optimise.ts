// The smallest kind for every container, and no more room than it takes.
import { dropAt, entryAt, sizeOf, trim } from './bitmap'
import { ARRAY, DENSE, MOST_IN_ARRAY, MOST_RUNS, RUN, bytesOf, cardOf, clone, dataOf, expand, isBorrowed, kindOf, left, move, nothing, runsOf, settle } from './container'
import * as dense from './dense'
import { capacityOf, takeFull } from './memory'

const SLACK: u32 = 16
const made = memory.data(16, 16)

function countRuns(entry: usize): u32 {
  const data = dataOf(entry)
  if (kindOf(entry) === RUN) return runsOf(entry)
  if (kindOf(entry) === DENSE) return dense.countRuns(data)
  let runs: u32 = 1
  for (let at: u32 = 1; at < cardOf(entry); at++) runs += <u32>(<u32>load<u16>(data + (at << 1)) !== <u32>load<u16>(data + ((at - 1) << 1)) + 1)
  return runs
}

function bestOf(card: u32, runs: u32): u32 {
  const other = card <= MOST_IN_ARRAY ? ARRAY : DENSE
  return runs <= MOST_RUNS && bytesOf(RUN, card, runs) < bytesOf(other, card, 0) ? RUN : other
}

/** Frees what can be freed. A container that there is no memory to copy stays as it is. */
export function optimise(bitmap: usize): void {
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) {
    const entry = entryAt(bitmap, at)
    nothing(made)
    if (bestOf(cardOf(entry), countRuns(entry)) !== kindOf(entry)) {
      expand(left, entry)
      settle(made, left, cardOf(entry), true)
    } else if (!isBorrowed(entry) && capacityOf(dataOf(entry)) > bytesOf(kindOf(entry), cardOf(entry), runsOf(entry)) + SLACK) clone(made, entry)
    if (!cardOf(made)) continue
    dropAt(bitmap, at)
    move(entry, made)
  }
  trim(bitmap)
  takeFull()
}

/** The bytes of memory that a bitmap takes. */
export function bytesUsed(bitmap: usize): u64 {
  let total: u64 = capacityOf(bitmap) + 4
  if (load<u32>(bitmap, 8)) total += capacityOf(load<u32>(bitmap, 8)) + 4
  if (load<u32>(bitmap, 12)) total += capacityOf(load<u32>(bitmap, 12)) + 4
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) if (!isBorrowed(entryAt(bitmap, at))) total += capacityOf(dataOf(entryAt(bitmap, at))) + 4
  return total
}
