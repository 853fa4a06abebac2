// 65536 bits as 8 KiB of words. Every pointer here is 16-byte aligned.
export const DENSE_BYTES: usize = 8192

export function clear(to: usize): void {
  memory.fill(to, 0, DENSE_BYTES)
}

export function copy(to: usize, from: usize): void {
  memory.copy(to, from, DENSE_BYTES)
}

// Carry-save adders (Harley and Seal): of eight vectors only one is counted bit by bit, the others are added up as bits of ones, twos and
// fours. Fewer steps a byte also let the processor see further ahead in memory.
export function countAnd(a: usize, b: usize): u32 {
  let total = i32x4.splat(0)
  let ones = i32x4.splat(0)
  let twos = i32x4.splat(0)
  let fours = i32x4.splat(0)
  for (let block: usize = 0; block < DENSE_BYTES; block += 2048) {
    let eights = i32x4.splat(0)
    for (let at = block; at < block + 2048; at += 128) {
      const p = a + at
      const q = b + at
      const v0 = v128.and(v128.load(p), v128.load(q))
      const v1 = v128.and(v128.load(p, 16), v128.load(q, 16))
      const v2 = v128.and(v128.load(p, 32), v128.load(q, 32))
      const v3 = v128.and(v128.load(p, 48), v128.load(q, 48))
      const v4 = v128.and(v128.load(p, 64), v128.load(q, 64))
      const v5 = v128.and(v128.load(p, 80), v128.load(q, 80))
      const v6 = v128.and(v128.load(p, 96), v128.load(q, 96))
      const v7 = v128.and(v128.load(p, 112), v128.load(q, 112))
      const two0Half = v128.xor(ones, v0)
      const two0 = v128.or(v128.and(ones, v0), v128.and(two0Half, v1))
      ones = v128.xor(two0Half, v1)
      const two1Half = v128.xor(ones, v2)
      const two1 = v128.or(v128.and(ones, v2), v128.and(two1Half, v3))
      ones = v128.xor(two1Half, v3)
      const four0Half = v128.xor(twos, two0)
      const four0 = v128.or(v128.and(twos, two0), v128.and(four0Half, two1))
      twos = v128.xor(four0Half, two1)
      const two2Half = v128.xor(ones, v4)
      const two2 = v128.or(v128.and(ones, v4), v128.and(two2Half, v5))
      ones = v128.xor(two2Half, v5)
      const two3Half = v128.xor(ones, v6)
      const two3 = v128.or(v128.and(ones, v6), v128.and(two3Half, v7))
      ones = v128.xor(two3Half, v7)
      const four1Half = v128.xor(twos, two2)
      const four1 = v128.or(v128.and(twos, two2), v128.and(four1Half, two3))
      twos = v128.xor(four1Half, two3)
      const eightHalf = v128.xor(fours, four0)
      const eight = v128.or(v128.and(fours, four0), v128.and(eightHalf, four1))
      fours = v128.xor(eightHalf, four1)
      eights = i8x16.add(eights, i8x16.popcnt(eight))
    }
    total = i32x4.add(total, widened(eights))
  }
  const rest = i32x4.add(i32x4.shl(widened(i8x16.popcnt(fours)), 2), i32x4.add(i32x4.shl(widened(i8x16.popcnt(twos)), 1), widened(i8x16.popcnt(ones))))
  return laneSum(i32x4.add(i32x4.shl(total, 3), rest))
}

function widened(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes))
}

export function count(a: usize): u32 {
  let total = i32x4.splat(0)
  for (let at: usize = 0; at < DENSE_BYTES; at += 64) {
    const p = a + at
    const one = i8x16.add(i8x16.popcnt(v128.load(p)), i8x16.popcnt(v128.load(p, 16)))
    const two = i8x16.add(i8x16.popcnt(v128.load(p, 32)), i8x16.popcnt(v128.load(p, 48)))
    total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.add(one, two))))
  }
  return laneSum(total)
}

function laneSum(v: v128): u32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
}

export function and(to: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < DENSE_BYTES; at += 32) {
    v128.store(to + at, v128.and(v128.load(a + at), v128.load(b + at)))
    v128.store(to + at, v128.and(v128.load(a + at, 16), v128.load(b + at, 16)), 16)
  }
}

export function or(to: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < DENSE_BYTES; at += 32) {
    v128.store(to + at, v128.or(v128.load(a + at), v128.load(b + at)))
    v128.store(to + at, v128.or(v128.load(a + at, 16), v128.load(b + at, 16)), 16)
  }
}

export function xor(to: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < DENSE_BYTES; at += 32) {
    v128.store(to + at, v128.xor(v128.load(a + at), v128.load(b + at)))
    v128.store(to + at, v128.xor(v128.load(a + at, 16), v128.load(b + at, 16)), 16)
  }
}

/** What is in `a` and not in `b`. */
export function andNot(to: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < DENSE_BYTES; at += 32) {
    v128.store(to + at, v128.andnot(v128.load(a + at), v128.load(b + at)))
    v128.store(to + at, v128.andnot(v128.load(a + at, 16), v128.load(b + at, 16)), 16)
  }
}

export function equal(a: usize, b: usize): bool {
  return memory.compare(a, b, DENSE_BYTES) === 0
}

export function has(a: usize, low: u32): bool {
  return ((load<u8>(a + (low >> 3)) >> <u8>(low & 7)) & 1) !== 0
}

export function set(a: usize, low: u32): void {
  const at = a + (low >> 3)
  store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (low & 7)))
}

export function unset(a: usize, low: u32): void {
  const at = a + (low >> 3)
  store<u8>(at, load<u8>(at) & <u8>~(<u32>1 << (low & 7)))
}

export function flip(a: usize, low: u32): void {
  const at = a + (low >> 3)
  store<u8>(at, load<u8>(at) ^ <u8>(<u32>1 << (low & 7)))
}

/** The bits of the word at `word` that lie in [first, last]; the word must meet the range. */
export function maskOf(word: u32, first: u32, last: u32): u64 {
  const low = word << 6
  const from: u64 = first > low ? ~0 << <u64>(first - low) : ~0
  const to: u64 = last - low >= 63 ? ~0 : ((<u64>2 << <u64>(last - low)) - 1)
  return from & to
}

export function setRange(a: usize, first: u32, last: u32): void {
  for (let word = first >> 6; word <= last >> 6; word++) {
    const at = a + (word << 3)
    store<u64>(at, load<u64>(at) | maskOf(word, first, last))
  }
}

export function clearRange(a: usize, first: u32, last: u32): void {
  for (let word = first >> 6; word <= last >> 6; word++) {
    const at = a + (word << 3)
    store<u64>(at, load<u64>(at) & ~maskOf(word, first, last))
  }
}

export function flipRange(a: usize, first: u32, last: u32): void {
  for (let word = first >> 6; word <= last >> 6; word++) {
    const at = a + (word << 3)
    store<u64>(at, load<u64>(at) ^ maskOf(word, first, last))
  }
}

export function countRange(a: usize, first: u32, last: u32): u32 {
  let total: u64 = 0
  for (let word = first >> 6; word <= last >> 6; word++) total += popcnt<u64>(load<u64>(a + (word << 3)) & maskOf(word, first, last))
  return <u32>total
}

/** Writes the members to `to` as 16-bit numbers, ascending, and says how many there are. */
export function extract(a: usize, to: usize): u32 {
  let at = to
  for (let word: u32 = 0; word < 1024; word++) {
    let bits = load<u64>(a + (word << 3))
    while (bits) {
      store<u16>(at, <u16>((word << 6) + <u32>ctz<u64>(bits)))
      at += 2
      bits &= bits - 1
    }
  }
  return <u32>(at - to) >> 1
}

/** How many runs of neighbours there are. */
export function countRuns(a: usize): u32 {
  let runs: u64 = 0
  let carry: u64 = 0
  for (let at: usize = 0; at < DENSE_BYTES; at += 8) {
    const bits = load<u64>(a + at)
    runs += popcnt<u64>(bits & ~((bits << 1) | carry))
    carry = bits >> 63
  }
  return <u32>runs
}

/** The first member at or after `from`, or 65536. */
export function nextMember(a: usize, from: u32): u32 {
  if (from > 65535) return 65536
  let word = from >> 6
  let bits = load<u64>(a + (word << 3)) & (<u64>~0 << <u64>(from & 63))
  while (!bits) {
    word++
    if (word === 1024) return 65536
    bits = load<u64>(a + (word << 3))
  }
  return (word << 6) + <u32>ctz<u64>(bits)
}

/** The first place at or after `from` that is no member, or 65536. */
export function nextGap(a: usize, from: u32): u32 {
  if (from > 65535) return 65536
  let word = from >> 6
  let bits = ~load<u64>(a + (word << 3)) & (<u64>~0 << <u64>(from & 63))
  while (!bits) {
    word++
    if (word === 1024) return 65536
    bits = ~load<u64>(a + (word << 3))
  }
  return (word << 6) + <u32>ctz<u64>(bits)
}

/** Writes the runs to `to` as pairs of first and last; there must be room for them. */
export function extractRuns(a: usize, to: usize): u32 {
  let runs: u32 = 0
  let first = nextMember(a, 0)
  while (first < 65536) {
    const end = nextGap(a, first)
    store<u16>(to + (runs << 2), <u16>first)
    store<u16>(to + (runs << 2), <u16>(end - 1), 2)
    runs++
    first = nextMember(a, end)
  }
  return runs
}
