interface Source {
  readonly source?: string
}

const exact = (_key: string, value: unknown, context?: Source): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value

/**
 * JSON whose integers past 2^53 become bigint. Where the runtime does not tell the source text of a number (Node 20), they are
 * rounded, as they are by JSON.parse.
 */
export const exactJson = (text: string): unknown => /\d{16}/.test(text) ? JSON.parse(text, exact) : JSON.parse(text)
