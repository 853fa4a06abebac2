import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'

export const mostDocuments = 1_000
export const mostDocumentLength = 32_768

const documentsSchema = z.object({
  only: z.boolean(),
  documents: z.array(z.string()),
  hashes: z.array(z.string()),
})

export interface DocumentsView {
  readonly only: boolean
  readonly documents: readonly { readonly hash: string; readonly document: string }[]
}

export const presentDocuments = ({ only, documents }: DocumentsView): z.infer<typeof documentsSchema> =>
  ({ only, documents: documents.map(({ document }) => document), hashes: documents.map(({ hash }) => hash) })

const [document, hash] = ['{ orders { id } }', '9f9cd1d335e3c4e6c48c79a526ee918b12095248b579476cedb5e9a98dca9505']
const described = { tag: 'Databases', path: '/v2/databases/{database_id}/documents', params: knownDatabase } as const

export const listDocuments = operation({
  ...described, id: 'listDocuments', method: 'GET', summary: 'List the GraphQL documents of a database', permission: 'databases:read',
  success: { status: 200, description: 'The registered documents, their hashes in the same order, and whether no others are run.', schema: documentsSchema },
  problems: ['DatabaseNotFound'],
  examples: { answer: { only: true, documents: [document], hashes: [hash] } },
})

export const setDocuments = operation({
  ...described, id: 'setDocuments', method: 'PUT', summary: 'Register GraphQL documents, in the place of all that were', permission: 'databases:update', deed: { object: 'database', param: 'database_id' },
  body: { kind: 'json', schema: z.object({
    only: z.boolean().default(false).describe('Whether no other document is run in GraphQL, whoever asks.'),
    documents: z.array(z.string().min(1).max(mostDocumentLength).refine((text) => !text.includes('\0'), 'must not contain NUL')).max(mostDocuments),
  }) },
  success: { status: 202, description: 'The documents as they are registered now; they take hold within a second.', schema: documentsSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'DatabaseNotFound', 'DatabaseInWrongState', 'RequestTooLarge'],
  examples: { request: { only: true, documents: [document] }, answer: { only: true, documents: [document], hashes: [hash] } },
})
