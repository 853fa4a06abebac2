/** What a character can be. A letter begins a name and a part goes on with it. */
const space = 1
export const digit = 2, letter = 4, part = 8
const classes = new Uint8Array(0x80)
const put = (characters: string, bits: number): void => {
  for (const character of characters) classes[character.charCodeAt(0)] = (classes[character.charCodeAt(0)] ?? 0) | bits
}

put('\t\n\v\f\r ', space)
put('0123456789', digit | part)
put('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', letter | part)
put('-', part)

const wideSpaces = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, ...Array.from({ length: 11 }, (_, at) => 0x2000 + at)])
export const newline = 0x0a, doubleQuote = 0x22, quote = 0x27, star = 0x2a, plus = 0x2b, minus = 0x2d, point = 0x2e, question = 0x3f, variable = 0x40

export const is = (code: number, bits: number): boolean => ((classes[code] ?? 0) & bits) !== 0
export const isSpace = (code: number): boolean => code < 0x80 ? is(code, space) : wideSpaces.has(code)
/** A character that needs two places counts as one column. */
export const isFirstHalf = (code: number): boolean => code >= 0xd800 && code < 0xdc00

export const endOfRun = (text: string, from: number, bits: number): number => {
  let end = from
  while (is(text.charCodeAt(end), bits)) end += 1
  return end
}

export const behindSpace = (text: string, from: number): number => {
  let at = from
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}
