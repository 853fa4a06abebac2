import type { DatabaseId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** A GraphQL document that is registered with a database. */
export interface RegisteredDocument {
  readonly databaseId: DatabaseId
  /** The SHA-256 of its text, in hex. */
  readonly hash: string
  readonly document: string
}

export const DocumentEntity = new EntitySchema<RegisteredDocument>({
  name: 'Document',
  tableName: 'documents',
  columns: {
    databaseId: { name: 'database_id', type: 'uuid', primary: true },
    hash: { type: 'text', primary: true },
    document: { type: 'text' },
  },
})
