const ascii = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVW'

const hexInLetters = (codePoint: number, digits: number): string =>
  [...codePoint.toString(16).padStart(digits, '0')].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('')

const encodeOne = (character: string): string => {
  if (/[0-9A-Za-z_]/.test(character)) return character
  const at = ascii.indexOf(character)
  if (at >= 0) return `XX${signs[at]}`
  const codePoint = character.codePointAt(0) ?? 0
  return codePoint <= 0xfffff ? `XX${hexInLetters(codePoint, 5)}` : `XXY${hexInLetters(codePoint, 6)}`
}

/** A name of SQL as a name of GraphQL: the double-X encoding, in which no two names are the same. */
export const encodeName = (name: string): string => {
  if (name === '') return 'XX'
  const [first = ''] = name
  const head = /[0-9]/.test(first) ? `XXZ${first}` : ''
  const pieces = name.slice(head === '' ? 0 : 1).match(/XX|__|[\s\S]/gu) ?? []
  return head + pieces.map((piece) => piece === 'XX' ? 'XXXXXX' : piece === '__' ? 'XXRXXR' : encodeOne(piece)).join('')
}

/** The name, with underscores behind it until nobody else has it. */
export const free = (name: string, isTaken: (name: string) => boolean): string => {
  let found = name
  while (isTaken(found)) found += '_'
  return found
}
