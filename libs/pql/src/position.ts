/** A place in a text: `offset` counts UTF-16 units from 0, `line` and `column` count from 1. */
export interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

export const positionOf = (text: string, offset: number): Position => {
  const before = text.slice(0, offset)
  const lineBegins = before.lastIndexOf('\n') + 1
  return { offset, line: before.split('\n').length, column: offset - lineBegins + 1 }
}
