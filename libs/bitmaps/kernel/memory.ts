// Two-level segregated fit (TLSF) in the module's own memory: constant time, neighbours merge at once, waste is under a sixteenth of a
// large block. A block is a 4-byte header (its size in bytes and two flags) and a payload that is 16-byte aligned; a free block keeps
// its list's links in its payload and its own address in its last four bytes, where its right neighbour finds it.
const FREE: u32 = 1
const LEFT_FREE: u32 = 2
const FLAGS: u32 = 3
const LISTS: u32 = 16
const LEVELS: u32 = 26
const PAGE: u32 = 65536
const LEAST_GROWTH: u32 = 1 << 20

const heads = memory.data(LISTS * LEVELS * 4, 16)
const secondBits = memory.data(LEVELS * 4, 16)
let firstBits: u32 = 0
let tail: usize = 0
let capPages: u32 = 0
let used: u32 = 0
let isFull: bool = false

function sizeOf(block: usize): u32 {
  return load<u32>(block) & ~FLAGS
}

function levelOf(units: u32): u32 {
  return units < LISTS ? 0 : 28 - clz<u32>(units)
}

function listOf(units: u32): u32 {
  return units < LISTS ? units : (units >> (27 - clz<u32>(units))) & (LISTS - 1)
}

function headOf(level: u32, list: u32): usize {
  return heads + ((level * LISTS + list) << 2)
}

function insert(block: usize, size: u32): void {
  const level = levelOf(size >> 4)
  const list = listOf(size >> 4)
  const head = headOf(level, list)
  const next = load<u32>(head)
  store<u32>(block, size | FREE | (load<u32>(block) & LEFT_FREE))
  store<u32>(block + 4, 0)
  store<u32>(block + 8, next)
  if (next) store<u32>(next + 4, <u32>block)
  store<u32>(head, <u32>block)
  store<u32>(block + size - 4, <u32>block)
  store<u32>(block + size, load<u32>(block + size) | LEFT_FREE)
  firstBits |= 1 << level
  const bits = secondBits + (level << 2)
  store<u32>(bits, load<u32>(bits) | (1 << list))
}

function remove(block: usize): void {
  const size = sizeOf(block)
  const level = levelOf(size >> 4)
  const list = listOf(size >> 4)
  const previous = load<u32>(block + 4)
  const next = load<u32>(block + 8)
  if (next) store<u32>(next + 4, previous)
  if (previous) store<u32>(previous + 8, next)
  else {
    store<u32>(headOf(level, list), next)
    if (!next) {
      const bits = secondBits + (level << 2)
      store<u32>(bits, load<u32>(bits) & ~(1 << list))
      if (!load<u32>(bits)) firstBits &= ~(1 << level)
    }
  }
  store<u32>(block, size)
  store<u32>(block + size, load<u32>(block + size) & ~LEFT_FREE)
}

/** The smallest size whose list holds only blocks that are large enough for `size`. */
function roundedUp(size: u32): u32 {
  const units = size >> 4
  return units < LISTS ? size : (units + (1 << (27 - clz<u32>(units))) - 1) << 4
}

function find(size: u32): usize {
  const units = roundedUp(size) >> 4
  let level = levelOf(units)
  let bits = load<u32>(secondBits + (level << 2)) & (~0 << listOf(units))
  if (!bits) {
    const levels = level + 1 < 32 ? firstBits & (~0 << (level + 1)) : 0
    if (!levels) return 0
    level = ctz<u32>(levels)
    bits = load<u32>(secondBits + (level << 2))
  }
  return load<u32>(headOf(level, ctz<u32>(bits)))
}

function release(block: usize): void {
  let start = block
  let size = sizeOf(block)
  const right = block + size
  if (load<u32>(right) & FREE) {
    size += sizeOf(right)
    remove(right)
  }
  if (load<u32>(block) & LEFT_FREE) {
    start = load<u32>(block - 4)
    size += sizeOf(start)
    remove(start)
  }
  insert(start, size)
}

/** Adds pages behind the heap, within the cap. The old end becomes a free block. */
function grow(size: u32): bool {
  const present = <u32>memory.size()
  const room = capPages > present ? capPages - present : 0
  const wanted = <u32>((<u64>roundedUp(size) + PAGE - 1) >> 16)
  if (wanted > room) return false
  let pages = max(wanted, max(LEAST_GROWTH >> 16, present >> 2))
  if (pages > room) pages = room
  if (memory.grow(pages) < 0) {
    pages = wanted
    if (memory.grow(pages) < 0) return false
  }
  const block = tail
  tail += pages << 16
  store<u32>(tail, 0)
  store<u32>(block, (pages << 16) | (load<u32>(block) & LEFT_FREE))
  release(block)
  return true
}

/**
 * Must be called before anything else. `pages` is the most that the memory may ever have. Called again, it takes back everything that was
 * given out, whatever state it is in.
 */
export function open(pages: u32): void {
  capPages = pages
  firstBits = 0
  used = 0
  isFull = false
  memory.fill(heads, 0, LISTS * LEVELS * 4)
  memory.fill(secondBits, 0, LEVELS * 4)
  const start = ((__heap_base + 15) & ~15) + 12
  if (start + 16 > <usize>memory.size() << 16) memory.grow(<i32>((start + 16 + PAGE - 1) >> 16) - memory.size())
  tail = (<usize>memory.size() << 16) - 4
  const size = <u32>(tail - start) & ~15
  tail = start + size
  store<u32>(tail, 0)
  store<u32>(start, 0)
  insert(start, size)
}

/** Gives a 16-byte aligned block, or 0 when the cap is reached; then `takeFull` says so until it is asked. */
export function allocate(bytes: u32): usize {
  if (bytes > 0x7fff0000) {
    isFull = true
    return 0
  }
  const size = (bytes + 4 + 15) & ~15
  let block = find(size)
  if (!block) {
    if (grow(size)) block = find(size)
    if (!block) {
      isFull = true
      return 0
    }
  }
  const rest = sizeOf(block) - size
  remove(block)
  if (rest) {
    store<u32>(block, size)
    store<u32>(block + size, 0)
    insert(block + size, rest)
  }
  used += sizeOf(block)
  return block + 4
}

export function free(pointer: usize): void {
  if (!pointer) return
  used -= sizeOf(pointer - 4)
  release(pointer - 4)
}

/** How many bytes fit into a block that was given out. */
export function capacityOf(pointer: usize): u32 {
  return sizeOf(pointer - 4) - 4
}

export function usedBytes(): u32 {
  return used
}

/** Whether memory ran out since this was asked last. */
export function takeFull(): bool {
  const was = isFull
  isFull = false
  return was
}

export function failed(): bool {
  return isFull
}
