/** The greatest id that fits the notes of a child. */
const greatestId = 0xffff_ffff

/** Counts from `first` to the greatest id and from 1 again, past what is taken at the time. */
export const idsFrom = (first: number, isTaken: (id: number) => boolean): () => number => {
  let next = first
  return () => {
    // Far fewer are taken at a time than there are ids, so this ends after a few steps.
    while (isTaken(next)) next = next % greatestId + 1
    const id = next
    next = next % greatestId + 1
    return id
  }
}
