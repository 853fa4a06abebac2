import fc from 'fast-check'
import { columnsOf, kinds } from './model.js'

const piece = fc.record({ key: fc.constantFrom(0, 1, 2, 3, 15, 16, 65_535, 65_536, 2 ** 37 - 1), kind: fc.constantFrom(...kinds), seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }) })

/** The same value, told by what it was made from: a failure would otherwise print a hundred thousand numbers. */
export const toldBy = <T extends object>(value: T, origin: unknown): T => Object.defineProperty(value, fc.toStringMethod, { value: () => JSON.stringify(origin) })

/** A plain set of columns, and whether its bitmap is optimised. */
export const aRow = fc.record({ pieces: fc.array(piece, { maxLength: 4 }), isOptimised: fc.boolean() })
  .map((origin) => toldBy({ columns: columnsOf(origin.pieces), isOptimised: origin.isOptimised }, origin))
