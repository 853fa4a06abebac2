const textIn = (error: unknown, key: 'code' | 'message'): string | undefined => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined
  return typeof value === 'string' ? value : undefined
}

/** A refusal of the server, or no answer from it: then `status` is 0. */
export class TenantryError extends Error {
  override readonly name = 'TenantryError'

  constructor(readonly code: string, message: string, readonly status: number, readonly retryAfterSeconds?: number, cause?: unknown) {
    super(message, { cause })
  }
}

interface Outcome<T> {
  readonly data?: T | undefined
  readonly error?: unknown
  readonly response?: Response | undefined
}

/** The data of an answer; throws TenantryError when there is none. */
export const dataOf = <T>({ data, error, response }: Outcome<T>): T => {
  if (data !== undefined && error === undefined) return data
  if (!response) throw new TenantryError('NoAnswer', 'The server did not answer.', 0, undefined, error)
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN)
  throw new TenantryError(textIn(error, 'code') ?? 'Unknown', textIn(error, 'message') ?? `The server answered ${response.status}.`, response.status,
    Number.isFinite(retryAfter) ? retryAfter : undefined, error)
}
