import type { Column } from '@tenantry/bitmaps'

/** A number where that is exact. */
export const columnOf = (value: bigint): Column => value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

/** As SQLite keeps it, whose integers have a sign: the upper half of all columns becomes negative. */
export const stored = (column: Column): Column => typeof column === 'bigint' ? BigInt.asIntN(64, column) : column

/** A column that SQLite gave back. */
export const restored = (value: bigint): Column => columnOf(BigInt.asUintN(64, value))
