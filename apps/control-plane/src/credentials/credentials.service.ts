import { Inject, Injectable } from '@nestjs/common'
import { type CredentialId, type DatabaseId, type Principal, Problem, newId } from '@tenantry/contracts'
import { credentialUser, namesOf, newPassword, verifierOf } from '@tenantry/engines-postgres'
import type { AskInternal } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import type { Database } from '../databases/database.entity.js'
import { DatabasesService } from '../databases/databases.service.js'
import { ASK, CONFIG } from '../platform/platform.module.js'
import { abilitiesOf } from '../shapes/abilities.js'
import type { Credential } from './credential.entity.js'
import { CredentialsRepository } from './credentials.repository.js'

export type CredentialWish = Pick<Credential, 'name' | 'kind' | 'tls'>

/** A login, and where it logs in. */
export interface CredentialSeen extends Credential {
  readonly at: { readonly user: string; readonly host: string; readonly port: number; readonly database: string }
}

/** With the password that it has from now on, which is told this once. */
export interface NewCredential {
  readonly credential: CredentialSeen
  readonly password: string
}

const most = 50

/**
 * Logins of databases. The records here say which there are; the provisioner makes the server's like them before they are committed,
 * and what it made in vain is gone with the next change.
 */
@Injectable()
export class CredentialsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'postgresAddresses'>, @Inject(ASK) private readonly ask: AskInternal,
    private readonly source: DataSource, private readonly databases: DatabasesService, private readonly credentials: CredentialsRepository) {}

  async list(caller: Principal, database: DatabaseId): Promise<readonly CredentialSeen[]> {
    const found = withLogins(await this.databases.get(caller, database))
    return (await this.credentials.list(database)).map((credential) => this.seen(found, credential))
  }

  async create(caller: Principal, database: DatabaseId, wish: CredentialWish, now = new Date()): Promise<NewCredential> {
    const { password, verifier } = await drawn()
    return await this.changing(caller, database, async (tx, found, all) => {
      if (all.length >= most) throw new Problem('ResourceLimitExceeded', `A database may have ${most} credentials; delete one first.`)
      const credential: Credential = { ...wish, id: newId<CredentialId>(), orgId: found.orgId, databaseId: database, verifier, createdAt: now, createdBy: caller.userId, resetAt: null }
      await this.credentials.insert(tx, credential)
      return { credential: this.seen(found, credential), password }
    })
  }

  async reset(caller: Principal, database: DatabaseId, id: CredentialId, now = new Date()): Promise<NewCredential> {
    const { password, verifier } = await drawn()
    return await this.changingOne(caller, database, async (tx, found, all) => {
      const credential = among(all, id)
      await this.credentials.reset(tx, id, verifier, now)
      return { credential: this.seen(found, { ...credential, resetAt: now }), password }
    })
  }

  async remove(caller: Principal, database: DatabaseId, id: CredentialId): Promise<void> {
    await this.changingOne(caller, database, async (tx, _, all) => {
      await this.credentials.remove(tx, among(all, id).id)
    })
  }

  /** As `changing`. Who may not know of the database hears of its logins what everybody hears of one that never was. */
  private async changingOne<T>(...asked: Parameters<typeof this.changing<T>>): Promise<T> {
    try {
      return await this.changing(...asked)
    } catch (error) {
      throw error instanceof Problem && error.code === 'DatabaseNotFound' ? credentialMissing() : error
    }
  }

  /** One change at a time of a database; its server is as the records are before anybody can see these. */
  private async changing<T>(caller: Principal, id: DatabaseId, change: (tx: EntityManager, database: Database, all: readonly Credential[]) => Promise<T>): Promise<T> {
    return await inTransaction(this.source, async (tx) => {
      const database = withLogins(await this.databases.lockRunning(tx, caller, id))
      const result = await change(tx, database, await this.credentials.list(id, tx))
      const all = await this.credentials.list(id, tx)
      await this.ask('provisioner.credentials.settle', { databaseId: id, credentials: all.map(({ id: credentialId, kind, verifier, tls }) => ({ id: credentialId, kind, verifier, tls })) })
      return result
    })
  }

  private seen(database: Database, credential: Credential): CredentialSeen {
    const target = { databaseId: database.id, generation: database.generation }
    const address = this.config.postgresAddresses[database.node]
    if (!address) throw new Problem('EngineUnavailable', `The server "${database.node}", on which this database lives, is not in the configuration of this installation.`)
    return { ...credential, at: { user: credentialUser(target, credential.id), ...address, database: namesOf(target).database } }
  }
}

const drawn = async (): Promise<{ readonly password: string; readonly verifier: string }> => {
  const password = newPassword()
  return { password, verifier: await verifierOf(password) }
}

const withLogins = (database: Database): Database => {
  if (database.state === 'DELETED') throw new Problem('DatabaseNotFound', 'There is no such database.')
  if (abilitiesOf[database.engine].credentials) return database
  throw new Problem('LanguageNotSupported', `Databases of ${database.engine} have no logins of their own; one of the shape postgres-small does.`)
}

const credentialMissing = (): Problem => new Problem('CredentialNotFound', 'There is no such credential.')

const among = (all: readonly Credential[], id: CredentialId): Credential => {
  const found = all.find((credential) => credential.id === id)
  if (!found) throw credentialMissing()
  return found
}
