import type { Bitmap, Column, DistinctValues } from '@tenantry/bitmaps'

/** All columns of a row, ascending: numbers, as long as all of them can be. */
export const columnsOf = (row: Bitmap): readonly Column[] => {
  const columns: Column[] = []
  eachColumn(row, (column) => columns.push(column))
  return columns
}

export const eachColumn = (row: Bitmap, visit: (column: Column) => void): void => {
  const last = row.max()
  if (last === undefined) return
  if (typeof last === 'number') {
    for (const page of row.pages()) for (const column of page) visit(column)
    return
  }
  for (const page of row.exactPages()) for (const column of page) visit(column <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(column) : column)
}

/** Different numbers, ascending: the magnitudes of negative ones are columns of a bitmap of their own. */
export const distinctNumbers = ({ negative, positive }: Pick<DistinctValues, 'negative' | 'positive'>): readonly bigint[] =>
  [...columnsOf(negative).toReversed().map((column) => -BigInt(column)), ...columnsOf(positive).map(BigInt)]

/** Columns as bitmaps take them, however large they are. */
export const bigColumns = (columns: readonly Column[]): readonly number[] | readonly bigint[] =>
  columns.every((column) => typeof column === 'number') ? columns : columns.map(BigInt)

/** Where each of some columns stands in a list, which is quick to ask in the list's own order when that ascends. */
export class Places {
  private next = 0
  private readonly places: ReadonlyMap<Column, number> | undefined

  constructor(private readonly columns: readonly Column[], isAscending: boolean) {
    this.places = isAscending ? undefined : new Map(columns.map((column, place) => [column, place]))
  }

  get size(): number {
    return this.columns.length
  }

  /** Begins again: what is asked for next may be anything in the list. */
  start(): void {
    this.next = 0
  }

  /** Columns must be asked for ascending since the start. */
  of(column: Column): number | undefined {
    if (this.places) return this.places.get(column)
    while (this.next < this.columns.length && (this.columns[this.next] ?? 0) < column) this.next += 1
    return this.columns[this.next] === column ? this.next : undefined
  }
}
