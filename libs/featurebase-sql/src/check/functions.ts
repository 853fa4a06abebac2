import type { Expression } from '../tree.js'
import { type DataType, decimalOf, simple } from '../types.js'

export type Call = Extract<Expression, { readonly kind: 'call' }>

/**
 * What a parameter takes: `text` and `whole` a string and a whole number, or NULL; `whole!` a whole number and never NULL; `given` anything
 * but NULL; any other what can be assigned to its type, which is refused as an assignment is where it is `inOwnWords`.
 */
export type Parameter = 'text' | 'whole' | 'whole!' | 'given' | { readonly assignedTo: DataType; readonly inOwnWords?: true }

export interface Signature {
  readonly parameters: readonly Parameter[]
  /** How many are needed; all of them, unless it says otherwise. */
  readonly atLeast?: number
  /** Whether the last parameter may be given again and again. */
  readonly repeats?: true
  /** The count that FeatureBase names when it is wrong, where that is not `parameters.length`. */
  readonly named?: number
  readonly result: DataType
}

const [int, string, timestamp] = [simple('int'), simple('string'), simple('timestamp')]
const to = (assignedTo: DataType): Parameter => ({ assignedTo })
const [anInt, aString, aTime] = [to(int), to(string), to(timestamp)]

const textOf = (...parameters: readonly Parameter[]): Signature => ({ parameters, result: string })
const intOf = (...parameters: readonly Parameter[]): Signature => ({ parameters, result: int })
const timeOf = (...parameters: readonly Parameter[]): Signature => ({ parameters, result: timestamp })

/** The functions on values whose parameters each have a type of their own; sets, RANGEQ and COALESCE are apart. */
export const signatures: ReadonlyMap<string, Signature> = new Map<string, Signature>(Object.entries({
  ASCII: intOf('text'),
  CHAR: textOf('whole'),
  CHARINDEX: { ...intOf('text', 'text', 'whole'), atLeast: 2 },
  FORMAT: { ...textOf('text', 'given'), atLeast: 1, named: 1, repeats: true },
  LEN: intOf('text'),
  LOWER: textOf('text'),
  LTRIM: textOf('text'),
  PREFIX: textOf('text', 'whole'),
  REPLACEALL: textOf('text', 'text', 'text'),
  REPLICATE: textOf('text', 'whole'),
  REVERSE: textOf('text'),
  RTRIM: textOf('text'),
  SPACE: textOf('whole'),
  STR: { ...textOf({ assignedTo: decimalOf(4), inOwnWords: true }, 'whole!', 'whole!'), atLeast: 1, named: 1 },
  STRINGSPLIT: { ...textOf('text', 'text', 'whole'), atLeast: 2, named: 2 },
  SUBSTRING: { ...textOf('text', 'whole', 'whole'), atLeast: 2, named: 2 },
  SUFFIX: textOf('text', 'whole'),
  TRIM: textOf('text'),
  UPPER: textOf('text'),
  DATETIMEADD: timeOf(aString, anInt, aTime),
  DATETIMEDIFF: intOf(aString, aTime, aTime),
  DATETIMEFROMPARTS: timeOf(anInt, anInt, anInt, anInt, anInt, anInt, anInt),
  DATETIMENAME: textOf(aString, aTime),
  DATETIMEPART: intOf(aString, aTime),
  DATE_TRUNC: textOf(aString, aTime),
  TOTIMESTAMP: { ...timeOf(anInt, aString), atLeast: 1 },
} satisfies Record<string, Signature>))
