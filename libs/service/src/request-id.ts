import { randomUUID } from 'node:crypto'

/** The id that a request goes by in answers and logs: the one it came with, where that is a plain word, or a new one. */
export const requestIdOf = (given: string | readonly string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
