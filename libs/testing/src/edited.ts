/** What stands where, how many characters of it are taken away, and what is put there. */
export type Edit = readonly [place: number, taken: number, put: string]

/** A text after these changes, one after the other; a place past its end begins anew. */
export const edited = (text: string, edits: readonly Edit[]): string => edits.reduce((kept, [place, taken, put]) => {
  const at = place % (kept.length + 1)
  return kept.slice(0, at) + put + kept.slice(at + taken)
}, text)
