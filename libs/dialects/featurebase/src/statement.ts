import { Problem } from '@tenantry/contracts'
import { z } from 'zod'

/** A value as JSON writes it. A whole number that a `number` would round is a `bigint`. */
export type Value = string | number | bigint | boolean | null

export interface Statement {
  readonly sql: string
  readonly params: readonly Value[]
}

export const mostParams = 10_000

/** How a statement with values for its parameters is sent, for the document; it is read by `readStatement`. */
export const statementSchema = z.strictObject({
  sql: z.string().min(1).describe('One statement, with a `?` for each value.'),
  params: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).max(mostParams).optional()
    .describe('The values, in the order of the `?`. Whole numbers are exact to 64 bits, however large; others are what a double can hold.'),
})

const jsonType = /^\s*application\/json\s*(?:;|$)/i

/** Whether a body is a statement as JSON: no SQL begins with a brace, and some clients say JSON of whatever they send. */
export const isStatementJson = (contentType: string | undefined, body: string): boolean =>
  contentType !== undefined && jsonType.test(contentType) && /^\s*\{/.test(body)

interface Source {
  readonly source?: string
}

const wholeNumber = /^-?\d+$/

/** A number as it was written: one that is whole keeps all of its digits. */
const asWritten = (_key: string, value: unknown, { source = '' }: Source = {}): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && wholeNumber.test(source) ? BigInt(source) : value

/** The statement in a JSON body. Throws InvalidBody, MissingParameter, InvalidParameter. */
export const readStatement = (body: string): Statement => {
  const { sql, params = [], ...others } = objectIn(body)
  const [other] = Object.keys(others)
  if (other !== undefined) throw wrong(JSON.stringify(other.slice(0, 100)), 'is unknown here; send sql and params.')
  if (sql === undefined) throw new Problem('MissingParameter', 'sql is required.')
  if (typeof sql !== 'string') throw wrong('sql', 'must be a text.')
  if (!Array.isArray(params)) throw wrong('params', 'must be a list of values, one for each ? of the statement.')
  if (params.length > mostParams) throw wrong('params', `must have at most ${mostParams} values.`)
  return { sql, params: (params as readonly unknown[]).map(valueAt) }
}

const objectIn = (body: string): Readonly<Record<string, unknown>> => {
  let read: unknown
  try {
    read = JSON.parse(body, asWritten)
  } catch (cause) {
    throw new Problem('InvalidBody', 'The body begins like a JSON object and is none; check its quotes and commas.', { cause })
  }
  return read as Readonly<Record<string, unknown>>
}

const valueAt = (value: unknown, at: number): Value => {
  const fault = faultOf(value)
  if (fault !== undefined) throw wrong(`params.${at}`, fault)
  return value as Value
}

const faultOf = (value: unknown): string | undefined => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? undefined : 'is a whole number that needs more than 64 bits; send it as a text.'
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'is too large for a number.'
  return value === null || typeof value === 'string' || typeof value === 'boolean' ? undefined : 'must be a text, a number, true, false or null.'
}

const wrong = (what: string, why: string): Problem => new Problem('InvalidParameter', `${what}: ${why}`)
