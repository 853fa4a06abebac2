import { BitmapError } from './bitmap-error.js'
import { type Pointer } from './kernel.js'
import { type Room } from './room.js'

const headBytes = 32
const sumAt = 16
const align = (bytes: number): number => bytes + 15 & ~15

type Freeze = (bitmap: Pointer, from: number, to: Pointer, room: number) => number

/** Copies the pieces that `freeze` writes into the window, from the first container to the last. */
const writePieces = (room: Room, bitmap: Pointer, containers: number, image: Uint8Array, start: number, freeze: Freeze): number => {
  let at = start
  for (let from = 0; from < containers;) {
    from = freeze(bitmap, from, room.staging, room.stagingBytes) >>> 0
    const bytes = room.kernel.pieceBytes()
    room.memory()
    image.set(room.bytes.subarray(room.staging, room.staging + bytes), at)
    at += bytes
  }
  return at
}

/** The sum of an image behind its head, in pieces of the window: thaw sums it the same way. */
export const sumOf = (room: Room, image: Uint8Array): bigint => {
  room.setAnswer(0n)
  for (let at = headBytes; at < image.length; at += room.stagingBytes) {
    const piece = image.subarray(at, Math.min(at + room.stagingBytes, image.length))
    room.bytes.set(piece, room.staging)
    room.kernel.sumPiece(room.staging, piece.length)
  }
  return room.answerSum()
}

/** The image of a bitmap. It needs no memory but its own, so that saving works at the cap too. */
export const freeze = (room: Room, bitmap: Pointer): Uint8Array => {
  const { kernel } = room
  const image = new Uint8Array(kernel.frozenBytes(bitmap))
  kernel.freezeHead(bitmap, room.staging)
  room.memory()
  image.set(room.bytes.subarray(room.staging, room.staging + headBytes))
  const view = new DataView(image.buffer)
  const containers = view.getUint32(8, true)
  let at = writePieces(room, bitmap, containers, image, headBytes, kernel.freezeKeys)
  at = writePieces(room, bitmap, containers, image, align(at), kernel.freezeEntries)
  writePieces(room, bitmap, containers, image, at, kernel.freezeContainers)
  view.setBigUint64(sumAt, sumOf(room, image), true)
  return image
}

/** The bitmap of an image: one copy, and one look at every byte. Anything else is refused. */
export const thaw = (room: Room, image: Uint8Array): Pointer => {
  const block = room.made(room.kernel.allocate(Math.max(image.length, headBytes)))
  room.memory()
  room.bytes.set(image, block)
  const bitmap = room.kernel.thaw(block, image.length) >>> 0
  if (bitmap === 0) {
    room.kernel.free(block)
    if (room.kernel.takeFull() !== 0) throw room.full()
    throw new BitmapError('InvalidBytes', 'These bytes are no saved bitmap, or not a whole one.')
  }
  // Without containers nothing points into the block.
  if (new DataView(image.buffer, image.byteOffset).getUint32(8, true) === 0) room.kernel.free(block)
  return bitmap
}
