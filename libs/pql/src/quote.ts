const named: Readonly<Record<string, string>> = {
  '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\v': '\\v',
}

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

// A message names the piece; it need not repeat a text of a megabyte.
const longestPiece = 1_000

export const clipped = (text: string): string => text.length <= longestPiece ? text : `${text.slice(0, longestPiece)}…`

/** A text in double quotes, escaped as Go's %q does. */
export const quote = (text: string): string =>
  `"${clipped(text).replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => named[character] ?? escaped(character))}"`
