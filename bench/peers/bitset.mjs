// A set of columns as plain JavaScript keeps one: 32 bits a word, counted by the usual arithmetic.
export const bitsetOf = (columns, size) => {
  const words = new Uint32Array(Math.ceil(size / 32))
  for (const column of columns) words[column >>> 5] |= 1 << (column & 31)
  return words
}

export const andCount = (one, other) => {
  let total = 0
  for (let at = 0; at < one.length; at += 1) {
    let bits = one[at] & other[at]
    bits -= bits >>> 1 & 0x55555555
    bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333)
    total += Math.imul(bits + (bits >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return total
}
