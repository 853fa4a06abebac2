import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { DatabaseId, OrgId, Principal } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { there, wrongState } from './database.moves.js'
import { DatabasesRepository } from './databases.repository.js'
import type { RegisteredDocument } from './document.entity.js'

export interface Documents {
  /** Whether no others are run. */
  readonly only: boolean
  readonly documents: readonly Pick<RegisteredDocument, 'hash' | 'document'>[]
}

export interface SetDocuments {
  readonly only: boolean
  readonly documents: readonly string[]
}

const hashed = (document: string): Documents['documents'][number] => ({ hash: createHash('sha256').update(document).digest('hex'), document })

/** The GraphQL documents that are registered with databases: one set each, which is replaced as a whole. */
@Injectable()
export class DocumentsService {
  constructor(private readonly source: DataSource, private readonly databases: DatabasesRepository, private readonly outbox: Outbox) {}

  async get(caller: Principal, id: DatabaseId): Promise<Documents> {
    const { documentsOnly } = there(await this.databases.find(caller.orgId, id))
    return { only: documentsOnly, documents: await listed(this.source.manager, id) }
  }

  async set(caller: Principal, id: DatabaseId, { only, documents }: SetDocuments): Promise<Documents> {
    return await inTransaction(this.source, async (tx) => {
      const database = there(await this.databases.lock(tx, caller.orgId, id))
      if (!database.present) throw wrongState(database, 'be changed')
      const version = database.documentsVersion + 1
      await this.databases.update(tx, database, { documentsVersion: version, documentsOnly: only }, caller.userId)
      const wanted = documents.map(hashed)
      await tx.query('DELETE FROM documents WHERE database_id = $1', [id])
      await tx.query(
        'INSERT INTO documents (database_id, hash, document) SELECT $1, hash, document FROM unnest($2::text[], $3::text[]) AS wanted (hash, document) ON CONFLICT DO NOTHING',
        [id, wanted.map(({ hash }) => hash), wanted.map(({ document }) => document)])
      this.outbox.append(tx, 'control.documents.set', { databaseId: id, orgId: caller.orgId, version })
      return { only, documents: await listed(tx, id) }
    })
  }

  /** The document of a hash; undefined where there is none of this org's. */
  async find(org: OrgId, id: DatabaseId, hash: string): Promise<string | undefined> {
    const rows: { document: string }[] = await this.source.query(
      'SELECT document FROM documents JOIN databases ON id = database_id WHERE org_id = $1 AND id = $2 AND hash = $3', [org, id, hash])
    return rows[0]?.document
  }
}

const listed = async (tx: EntityManager, id: DatabaseId): Promise<Documents['documents']> =>
  await tx.query('SELECT hash, document FROM documents WHERE database_id = $1 ORDER BY hash', [id])
