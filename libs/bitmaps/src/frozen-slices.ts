import { BitmapError } from './bitmap-error.js'
import { freeze, thaw } from './frozen.js'
import { type Pointer } from './kernel.js'
import { type Room } from './room.js'

// A head of 16 bytes (magic, version, how many bitmaps, 0), the length of each image, and the images: existence, sign, bits.
const magic = 0x53424e54
const version = 1
const headBytes = 16
const lengthBytes = 8
const leastMembers = 2
const mostMembers = 66

const align = (bytes: number): number => bytes + 15 & ~15
const tableBytes = (members: number): number => align(headBytes + members * lengthBytes)

export const freezeSlices = (room: Room, slices: Pointer): Uint8Array => {
  const members = leastMembers + room.kernel.depthOf(slices)
  const images = Array.from({ length: members }, (_, at) => freeze(room, room.kernel.memberOf(slices, at) >>> 0))
  const all = new Uint8Array(images.reduce((sum, image) => sum + image.length, tableBytes(members)))
  const view = new DataView(all.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, version, true)
  view.setUint32(8, members, true)
  let at = tableBytes(members)
  images.forEach((image, member) => {
    view.setFloat64(headBytes + member * lengthBytes, image.length, true)
    all.set(image, at)
    at += image.length
  })
  return all
}

const refuse = (): BitmapError => new BitmapError('InvalidBytes', 'These bytes are no saved values, or not all of them.')

const imagesIn = (bytes: Uint8Array): Uint8Array[] => {
  if (bytes.length < headBytes) throw refuse()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const members = view.getUint32(8, true)
  const isHead = view.getUint32(0, true) === magic && view.getUint32(4, true) === version && view.getUint32(12, true) === 0
  if (!isHead || members < leastMembers || members > mostMembers || bytes.length < tableBytes(members)) throw refuse()
  let at = tableBytes(members)
  const images = Array.from({ length: members }, (_, member) => {
    const length = view.getFloat64(headBytes + member * lengthBytes, true)
    if (!Number.isSafeInteger(length) || length < 0 || at + length > bytes.length) throw refuse()
    at += length
    return bytes.subarray(at - length, at)
  })
  if (at !== bytes.length) throw refuse()
  return images
}

/** The slices of an image. No bit may belong to a column without a value. */
export const thawSlices = (room: Room, bytes: Uint8Array): Pointer => {
  const images = imagesIn(bytes)
  const { kernel } = room
  const slices = room.made(kernel.createSlices())
  try {
    if (kernel.deepen(slices, images.length - leastMembers) === 0) throw room.full()
    images.forEach((image, member) => kernel.replace(kernel.memberOf(slices, member), thaw(room, image)))
    for (let member = 1; member < images.length; member += 1) {
      const bitmap = kernel.memberOf(slices, member)
      if (kernel.countAnd(bitmap, kernel.memberOf(slices, 0)) !== kernel.count(bitmap)) throw refuse()
    }
    return slices
  } catch (error) {
    kernel.destroySlices(slices)
    throw error
  }
}
