/** A text whose `[table]` was taken off. `offset` is where what is left began, for places in errors. */
export interface Addressed {
  readonly table: string | undefined
  readonly text: string
  readonly offset: number
}

// Bounded, so that a text of brackets is not looked through from each of them; whether there is such a table is not for here.
const prefix = /^\s*\[([^\][\n]{0,300})\]\s*/

/** `[table]` before a request is a custom of the cloud and no PQL: the language itself refuses it. */
export const splitTablePrefix = (text: string): Addressed => {
  const [taken = '', table] = prefix.exec(text) ?? []
  return { table: table?.trim(), text: text.slice(taken.length), offset: taken.length }
}
