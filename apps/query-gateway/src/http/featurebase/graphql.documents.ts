import { createHash } from 'node:crypto'
import { type DatabaseTarget, Problem } from '@tenantry/contracts'
import { type GraphqlRequest, documentIn, notRegistered, persistedHash, persistedNotFound, withDocument } from '@tenantry/dialects-featurebase'
import type { KeptDocuments } from '../../documents/kept-documents.js'
import type { Registered, RegisteredDocuments } from '../../documents/registered-documents.js'

export interface Documents {
  /** What clients have sent with its hash. */
  readonly kept: KeptDocuments
  /** What was registered with a database. */
  readonly registered: RegisteredDocuments
}

/** A request with its document in it. */
export interface Resolved {
  readonly text: string
  readonly document: string
}

/** An answer that no engine is asked for. */
export interface Told {
  readonly told: string
}

type Found = Resolved | Told

const hashOf = (document: string): string => createHash('sha256').update(document).digest('hex')

const named = (request: GraphqlRequest, document: string | undefined, otherwise = persistedNotFound): Found =>
  document === undefined ? { told: otherwise } : { text: withDocument(request.text, document), document }

/**
 * Finds the document that a request names by its hash, or keeps one that it brings; tells the client what is so where it is not known,
 * or not one of those that the database runs. It awaits only what this process has never looked up. Throws Problem.
 */
export const resolveDocument = (request: GraphqlRequest, target: DatabaseTarget, documents: Documents): Found | Promise<Found> => {
  const hash = persistedHash(request)
  if (request.query !== undefined && hash !== undefined && hashOf(documentIn(request)) !== hash) throw new Problem('InvalidParameter', 'extensions.persistedQuery.sha256Hash: is not the hash of query.')
  if (target.documents?.only) return registered(target, hash ?? hashOf(documentIn(request)), documents, ({ document }) => named(request, document, notRegistered))
  if (hash === undefined) return { text: request.text, document: documentIn(request) }
  const { kept } = documents
  if (request.query === undefined) {
    const known = kept.find(target.databaseId, hash)
    if (known !== undefined || !target.documents) return named(request, known)
    return registered(target, hash, documents, ({ document }) => named(request, document))
  }
  kept.keep(target.databaseId, hash, request.query)
  return { text: request.text, document: request.query }
}

const registered = (target: DatabaseTarget, hash: string, { registered: all }: Documents, then: (found: Registered) => Found): Found | Promise<Found> => {
  const known = all.peek(target, hash)
  return known ? then(known) : all.find(target, hash).then(then)
}
