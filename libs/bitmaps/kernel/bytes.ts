// Bit planes become one byte a column.
const WHICH: v128 = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
const FROM: v128 = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)

/** Adds a plane to the 65536 bytes at `to` as bit `bit` of each. */
export function addPlane(to: usize, words: usize, bit: u32): void {
  const value = i8x16.splat(<i8>(<u32>1 << bit))
  for (let at: usize = 0; at < 8192; at += 2) {
    const here = to + (at << 3)
    const spread = i8x16.swizzle(i16x8.splat(load<i16>(words + at)), FROM)
    const isSet = i8x16.eq(v128.and(spread, WHICH), WHICH)
    v128.store(here, v128.or(v128.load(here), v128.and(isSet, value)))
  }
}

/** Sets all 65536 bytes by one to eight planes, whose addresses stand at `planes`. A plane at 0 is empty. */
export function spread(to: usize, planes: usize, n: u32): void {
  memory.fill(to, 0, 65536)
  for (let bit: u32 = 0; bit < n; bit++) {
    const words: usize = load<u32>(planes + (bit << 2))
    if (words) addPlane(to, words, bit)
  }
}
