import { Injectable } from '@nestjs/common'
import type { CredentialId, DatabaseId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Credential, CredentialEntity } from './credential.entity.js'

@Injectable()
export class CredentialsRepository {
  constructor(private readonly source: DataSource) {}

  /** Oldest first. Whoever asks has made sure whose database it is. */
  async list(database: DatabaseId, tx: EntityManager = this.source.manager): Promise<readonly Credential[]> {
    return await tx.find(CredentialEntity, { where: { databaseId: database }, order: { createdAt: 'ASC', id: 'ASC' } })
  }

  async insert(tx: EntityManager, credential: Credential): Promise<void> {
    await tx.insert(CredentialEntity, credential)
  }

  async reset(tx: EntityManager, id: CredentialId, verifier: string, at: Date): Promise<void> {
    await tx.update(CredentialEntity, { id }, { verifier, resetAt: at })
  }

  async remove(tx: EntityManager, id: CredentialId): Promise<void> {
    await tx.delete(CredentialEntity, { id })
  }
}
