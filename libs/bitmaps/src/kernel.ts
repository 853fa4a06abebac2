import { readFileSync } from 'node:fs'
import { BitmapError } from './bitmap-error.js'

/** A pointer into the kernel's memory; 0 is none. Those that the kernel answers with may look negative. */
export type Pointer = number

/** What kernel/index.ts exports. `high` and `low` are the halves of a column, flags are 0 or not. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory
  open(pages: number): void
  allocate(bytes: number): Pointer
  free(pointer: Pointer): void
  takeFull(): number
  usedBytes(): number
  stagingAt(): Pointer
  stagingBytes(): number
  answerAt(): Pointer
  create(): Pointer
  destroy(bitmap: Pointer): void
  replace(to: Pointer, from: Pointer): void
  clone(bitmap: Pointer): Pointer
  and(a: Pointer, b: Pointer): Pointer
  or(a: Pointer, b: Pointer): Pointer
  andNot(a: Pointer, b: Pointer): Pointer
  xor(a: Pointer, b: Pointer): Pointer
  union(list: Pointer, n: number): Pointer
  intersection(list: Pointer, n: number): Pointer
  counts(list: Pointer, n: number, filter: Pointer, out: Pointer): void
  count(bitmap: Pointer): number
  countAnd(a: Pointer, b: Pointer): number
  equal(a: Pointer, b: Pointer): number
  has(bitmap: Pointer, high: number, low: number): number
  add(bitmap: Pointer, high: number, low: number): number
  remove(bitmap: Pointer, high: number, low: number): number
  change(bitmap: Pointer, out: Pointer, into: Pointer): number
  appendColumns(bitmap: Pointer, from: Pointer, n: number, form: number): number
  slice(bitmap: Pointer, high: number, low: number, lastHigh: number, lastLow: number): Pointer
  countBetween(bitmap: Pointer, high: number, low: number, lastHigh: number, lastLow: number): number
  between(high: number, low: number, lastHigh: number, lastLow: number): Pointer
  shift(bitmap: Pointer, high: number, low: number): Pointer
  lowest(bitmap: Pointer): number
  highest(bitmap: Pointer): number
  select(bitmap: Pointer, high: number, low: number): number
  rank(bitmap: Pointer, high: number, low: number): number
  page(bitmap: Pointer, high: number, low: number, most: number, asFloats: number): number
  optimise(bitmap: Pointer): void
  bytesUsed(bitmap: Pointer): number
  frozenBytes(bitmap: Pointer): number
  freezeHead(bitmap: Pointer, to: Pointer): void
  freezeKeys(bitmap: Pointer, from: number, to: Pointer, room: number): number
  freezeEntries(bitmap: Pointer, from: number, to: Pointer, room: number): number
  freezeContainers(bitmap: Pointer, from: number, to: Pointer, room: number): number
  pieceBytes(): number
  sumPiece(at: Pointer, bytes: number): void
  thaw(image: Pointer, bytes: number): Pointer
  createSlices(): Pointer
  destroySlices(slices: Pointer): void
  deepen(slices: Pointer, depth: number): number
  depthOf(slices: Pointer): number
  memberOf(slices: Pointer, member: number): Pointer
  appendValues(slices: Pointer, from: Pointer, values: Pointer, n: number, form: number): number
  toIntegers(values: Pointer, n: number): number
  valueOf(slices: Pointer, high: number, low: number): number
  overlay(slices: Pointer, columns: Pointer, other: Pointer): number
  wish(at: number, high: number, low: number, wanted: number): void
  compare(slices: Pointer, filter: Pointer, constants: number): Pointer
  countCompared(slices: Pointer, filter: Pointer, constants: number): number
  sum(slices: Pointer, filter: Pointer): void
  extreme(slices: Pointer, filter: Pointer, largest: number): number
  first(slices: Pointer, filter: Pointer, high: number, low: number, largest: number): Pointer
  decode(slices: Pointer, filter: Pointer, high: number, low: number, most: number, asFloats: number): number
  distinct(slices: Pointer, filter: Pointer, negative: number): Pointer
  group(a: Pointer, rowsA: number, b: Pointer, rowsB: number, filter: Pointer, slices: Pointer, out: Pointer): number
}

let compiled: WebAssembly.Module | undefined

/** Reads and compiles the kernel once a process. It stands in dist, also for what runs from the sources. */
const compile = (): WebAssembly.Module => compiled ??= new WebAssembly.Module(readFileSync(new URL('../dist/kernel.wasm', import.meta.url)))

/** A kernel with a memory of its own, which is still to be opened. The module is built with this package, from the sources that the interface describes. */
export const startKernel = (): KernelExports => new WebAssembly.Instance(compile(), {}).exports as unknown as KernelExports

const nothing = (): void => undefined
const freeing: ReadonlySet<string | symbol> = new Set(['free', 'destroy', 'destroySlices'])

/** Of what is gone, everything is freed already; nothing else may be asked of it. */
export const goneKernel = new Proxy({} as KernelExports, {
  get: (_, name) => {
    if (freeing.has(name)) return nothing
    throw new BitmapError('HandleFreed', 'This was freed, with all of its memory.')
  },
})
