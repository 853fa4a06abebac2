/** A variable of the document, whose value comes with each request. */
export class Slot {
  constructor(readonly name: string) {}
}

export type SqlValue = null | number | bigint | string

/** A value in a statement: known, or a slot that is filled when the statement is run. */
export interface Bound {
  readonly value: unknown
  readonly as: (value: unknown) => SqlValue
}

/** A piece of SQL. Its text holds no value of a caller: those are bound, and `mark` stands where each of them goes. */
export interface Sql {
  readonly text: string
  readonly values: readonly Bound[]
}

// No name and no literal of SQL can hold it.
const mark = '\0'

const none: readonly Bound[] = []
export const raw = (text: string): Sql => ({ text, values: none })
export const bind = (value: unknown, as: (value: unknown) => SqlValue): Sql => ({ text: mark, values: [{ value, as }] })

/** Whatever was called so, quoted. */
export const quoted = (name: string): Sql => raw(`"${name.replaceAll('"', '""')}"`)
export const literal = (text: string): Sql => raw(`'${text.replaceAll('\'', '\'\'')}'`)

export const sql = (texts: TemplateStringsArray, ...parts: readonly Sql[]): Sql => ({
  text: texts.reduce((whole, text, at) => whole + (parts[at - 1]?.text ?? '') + text),
  values: parts.flatMap(({ values }) => values),
})

export const join = (parts: readonly Sql[], between: string): Sql => ({ text: parts.map(({ text }) => text).join(between), values: parts.flatMap(({ values }) => values) })

export const nothing = raw('')

/** The text with a placeholder for each of its values. */
export const spelled = ({ text }: Sql, placeholder: (at: number) => string): string => {
  let at = 0
  return text.replaceAll(mark, () => placeholder(at++))
}
