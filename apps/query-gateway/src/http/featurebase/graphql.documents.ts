import { createHash } from 'node:crypto'
import { type DatabaseId, Problem } from '@tenantry/contracts'
import { type GraphqlRequest, documentIn, persistedHash, withDocument } from '@tenantry/dialects-featurebase'
import type { KeptDocuments } from '../../documents/kept-documents.js'

const hashOf = (document: string): string => createHash('sha256').update(document).digest('hex')

/** A request with its document in it. */
export interface Resolved {
  readonly text: string
  readonly document: string
}

/** Finds the document that a request names by its hash, or keeps one that it brings; undefined where it is not known. Throws Problem. */
export const resolveDocument = (request: GraphqlRequest, databaseId: DatabaseId, kept: KeptDocuments): Resolved | undefined => {
  const hash = persistedHash(request)
  if (hash === undefined) return { text: request.text, document: documentIn(request) }
  if (request.query === undefined) {
    const known = kept.find(databaseId, hash)
    return known === undefined ? undefined : { text: withDocument(request.text, known), document: known }
  }
  const document = documentIn(request)
  if (hashOf(document) !== hash) throw new Problem('InvalidParameter', 'extensions.persistedQuery.sha256Hash: is not the hash of query.')
  kept.keep(databaseId, hash, document)
  return { text: request.text, document }
}
