/** What is wrong with one row. It is no error of ours and carries no stack: a file may have a million of them. */
export class RefusedRow {
  constructor(readonly message: string) {}
}

const mostQuoted = 60

/** A value as a message quotes it. */
export const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text
}

export const refuseRow = (message: string): never => {
  throw new RefusedRow(message)
}
