import { isProblemCode, problemFrom } from '@tenantry/contracts'
import type { Problem } from '@tenantry/contracts'
import type { FromChild, FromHost, ProblemMessage } from '@tenantry/engines-contract'

type Header = Readonly<Record<string, unknown>>

// Both ends are of one release (the greeting makes sure), so that the type is all that needs a look.
export const fromChild = (header: Header): FromChild | undefined =>
  typeof header['type'] === 'string' && ['rows', 'end', 'problem'].includes(header['type']) ? header as unknown as FromChild : undefined

export const fromHost = (header: Header): FromHost | undefined =>
  typeof header['type'] === 'string' ? header as unknown as FromHost : undefined

/** The refusal that a message carries. A code of another release is a fault of ours. */
export const problemOf = ({ code, message, position, retryAfterSeconds }: Pick<ProblemMessage, 'code' | 'message' | 'position' | 'retryAfterSeconds'>): Problem =>
  problemFrom({
    code: isProblemCode(code) ? code : 'InternalError', message,
    ...(position !== undefined && { position }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
