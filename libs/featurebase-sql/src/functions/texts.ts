import type { ScalarFunction } from './scalar.js'
import { int, limited, text } from './scalar.js'
import { notOfLength, outOfRange } from './refuse.js'

const isAstral = (value: string): boolean => /[\ud800-\udfff]/.test(value)

/** Its characters: places and lengths count them, and not bytes. */
const characters = (value: string): readonly string[] | string => isAstral(value) ? [...value] : value
const joined = (part: readonly string[] | string): string => typeof part === 'string' ? part : part.join('')

const placeIn = (place: bigint, least: number, most: number): number => place < BigInt(least) || place > BigInt(most) ? outOfRange(place) : Number(place)

const substring: ScalarFunction = ([value, from, length]) => {
  const all = characters(text(value))
  const start = placeIn(int(from), 0, all.length - 1)
  if (length === undefined) return joined(all.slice(start))
  return joined(all.slice(start, placeIn(BigInt(start) + int(length), start, all.length)))
}

const charIndex: ScalarFunction = ([sought, value, from]) => {
  const all = characters(text(value))
  const start = from === undefined ? 0 : placeIn(int(from), 0, all.length - 1)
  const rest = joined(all.slice(start))
  const found = rest.indexOf(text(sought))
  return BigInt(found < 0 ? -1 : start + characters(rest.slice(0, found)).length)
}

const split: ScalarFunction = ([value, separator, place]) => {
  const parts = text(separator) === '' ? [...text(value)] : text(value).split(text(separator))
  const at = place === undefined || int(place) < 0n ? 0n : int(place)
  return at < BigInt(parts.length) ? parts[Number(at)] ?? '' : ''
}

const replaceAll: ScalarFunction = ([value, sought, by]) => {
  const parts = text(sought) === '' ? ['', ...text(value), ''] : text(value).split(text(sought))
  limited(parts.length * text(by).length)
  return parts.join(text(by))
}

const ascii: ScalarFunction = ([value]) => {
  const character = text(value)
  if (character === '') return null
  return character.length === 1 && character.charCodeAt(0) < 128 ? BigInt(character.charCodeAt(0)) : notOfLength(character, 1)
}

const prefix: ScalarFunction = ([value, length]) => {
  const all = characters(text(value))
  return joined(all.slice(0, placeIn(int(length), 0, all.length)))
}

const suffix: ScalarFunction = ([value, length]) => {
  const all = characters(text(value))
  return joined(all.slice(all.length - placeIn(int(length), 0, all.length)))
}

const replicate: ScalarFunction = ([value, count]) => {
  if (int(count) < 0n) return outOfRange(int(count))
  limited(text(value).length * Number(int(count)))
  // Nothing, however many times, is nothing.
  return text(value) === '' ? '' : text(value).repeat(Number(int(count)))
}

const space: ScalarFunction = ([count]) => ' '.repeat(limited(Number(int(count) < 0n ? 0n : int(count))))

export const textFunctions: Readonly<Record<string, ScalarFunction>> = {
  ASCII: ascii,
  CHAR: ([code]) => String.fromCharCode(placeIn(int(code), 0, 255)),
  CHARINDEX: charIndex,
  LEN: ([value]) => BigInt(characters(text(value)).length),
  LOWER: ([value]) => text(value).toLowerCase(),
  LTRIM: ([value]) => text(value).replace(/^ +/, ''),
  PREFIX: prefix,
  REPLACEALL: replaceAll,
  REPLICATE: replicate,
  REVERSE: ([value]) => [...text(value)].toReversed().join(''),
  RTRIM: ([value]) => withoutEnd(text(value)),
  SPACE: space,
  STRINGSPLIT: split,
  SUBSTRING: substring,
  SUFFIX: suffix,
  TRIM: ([value]) => text(value).trim(),
  UPPER: ([value]) => text(value).toUpperCase(),
}

/** A pattern for it would look at each run of spaces again and again. */
const withoutEnd = (value: string): string => {
  let end = value.length
  while (end > 0 && value[end - 1] === ' ') end -= 1
  return value.slice(0, end)
}
