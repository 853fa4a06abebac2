import { Problem } from '@tenantry/contracts'
import { z } from 'zod'

/** The words for yes and no that FeatureBase takes, as Go reads them; a name without a value says yes. */
const words: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, TRUE: true, true: true, True: true, '': true,
  0: false, f: false, F: false, FALSE: false, false: false, False: false,
}

const badWord = (word: string): Problem => new Problem('EngineRejectedQuery', `strconv.ParseBool: parsing ${JSON.stringify(word)}: invalid syntax`)

/** A flag in a query string, off unless it is there. A word that is none is refused in FeatureBase's words. */
export const truth = z.string().default('false').transform((word, context) => {
  const said = Object.hasOwn(words, word) ? words[word] : undefined
  if (said !== undefined) return said
  context.addIssue({ code: 'custom', params: { problem: badWord(word) } })
  return z.NEVER
}).meta({ enum: Object.keys(words) })
