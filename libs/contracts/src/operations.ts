import type { z } from 'zod'
import type { ObjectKind } from './audit.js'
import type { Permission } from './permissions.js'
import type { Problem, ProblemCode } from './problems.js'

/** How one API words a refusal. `status` is there only where its document asks for another one than the table's. */
export interface ProblemWire {
  body(problem: Problem, status: number): object
  status?(problem: Problem): number | undefined
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * What a request is made of. JSON bodies are checked against their schema; a text body is handed over as it is, also where `json` says
 * that it may be an object of that shape under application/json: the operation reads it, digit by digit.
 */
export interface OperationInput {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: { readonly kind: 'json'; readonly schema: z.ZodType; readonly anyContentType?: boolean } | { readonly kind: 'text'; readonly description: string; /** Other types than text/plain, for the document; none where it is JSON alone. */ readonly types?: readonly string[]; readonly json?: z.ZodType }
}

/** What an operation changes: it is done in one transaction, written down, and may be sent again under an Idempotency-Key. */
export interface Deed {
  readonly object: ObjectKind
  /** The path's parameter that names the object. */
  readonly param?: string
  /** Without a parameter the object was made just now: the field of the answer that names it, `id` unless told. */
  readonly made?: string
  /** The object is the caller, or the caller's session. */
  readonly own?: boolean
  /** Another service does it and writes it down: no transaction is open meanwhile, and an Idempotency-Key says nothing. */
  readonly elsewhere?: boolean
  /** Whether the answer holds a secret, which may be kept sealed only, and for minutes. */
  readonly showsSecret?: boolean
}

/**
 * One operation of one API, as a value: the routes, the guard, the validation, the OpenAPI document and the tests read it here,
 * so that they cannot disagree. `path` is written with braces: /v2/databases/{database_id}.
 */
export interface Operation extends OperationInput {
  readonly id: string
  readonly method: HttpMethod
  readonly path: string
  readonly tag: string
  readonly summary: string
  /** A permission in the caller's org; 'caller' for anyone with a valid credential; 'anyone' for strangers too. */
  readonly permission: Permission | 'caller' | 'anyone'
  readonly success: { readonly status: number; readonly description: string; readonly schema?: z.ZodType; readonly contentType?: string; /** Types that the same may come in where a client asks for it. */ readonly alsoAs?: readonly string[] }
  /** It only reads, though its method is not GET. */
  readonly reads?: true
  /** What is changed; MUST be there unless the operation only reads, only logs in, or is a query. */
  readonly deed?: Deed
  /** Its body is read as it comes, and may take as long as an import. */
  readonly streams?: true
  readonly problems: readonly ProblemCode[]
  readonly wire: ProblemWire
  /** An example of the request body and of the answer, for the document. */
  readonly examples?: { readonly request?: unknown; readonly jsonRequest?: unknown; readonly answer?: unknown }
}

type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined

export interface InputOf<O extends OperationInput> {
  readonly params: Parsed<O['params']>
  readonly query: Parsed<O['query']>
  readonly body: O['body'] extends { kind: 'text' } ? string : O['body'] extends { kind: 'json'; schema: infer S } ? Parsed<S> : undefined
}
