import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Cases<T> {
  readonly cases: readonly T[]
  readonly isThere: boolean
  /** What the name of a test says that is skipped without them; nothing with them. */
  readonly unless: string
}

/** Cases that were taken from an original, by their file: they stand beside the repository, or where CASES_DIR says. */
export const originalCases = <T>(file: string, listOf = (json: unknown): readonly T[] => json as readonly T[]): Cases<T> => {
  const place = path.join(process.env['CASES_DIR'] ?? path.resolve(import.meta.dirname, '../../../../shared/conformance'), file)
  const isThere = existsSync(place)
  // Whoever asks knows what the file holds.
  return { cases: isThere ? listOf(JSON.parse(readFileSync(place, 'utf8'))) : [], isThere, unless: isThere ? '' : ` (skipped: no ${file} in CASES_DIR)` }
}
