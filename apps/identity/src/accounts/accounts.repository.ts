import { Injectable } from '@nestjs/common'
import { type UserId, Problem } from '@tenantry/contracts'
import { isTaken } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { type Account, AccountEntity } from './account.entity.js'

@Injectable()
export class AccountsRepository {
  constructor(private readonly source: DataSource) {}

  async findByEmailKey(emailKey: string): Promise<Account | undefined> {
    return await this.source.manager.findOneBy(AccountEntity, { emailKey }) ?? undefined
  }

  async find(id: UserId): Promise<Account | undefined> {
    return await this.source.manager.findOneBy(AccountEntity, { id }) ?? undefined
  }

  /** Whether there is no account yet; when true, nobody else can make one and be told the same until the transaction ends. */
  async isEmpty(tx: EntityManager): Promise<boolean> {
    if (await tx.exists(AccountEntity)) return false
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['identity:first-account'])
    return !await tx.exists(AccountEntity)
  }

  async insert(tx: EntityManager, account: Omit<Account, 'epoch' | 'createdAt' | 'updatedAt'>): Promise<void> {
    try {
      await tx.insert(AccountEntity, account)
    } catch (error) {
      if (isTaken(error, 'accounts_email_key')) throw new Problem('EmailTaken', 'There is an account with this e-mail address already; log in, or use another one.', { cause: error })
      throw error
    }
  }

  /** Writes a new hash of the same password, unless it was changed meanwhile. */
  async strengthen(id: UserId, from: string, to: string): Promise<void> {
    await this.source.manager.update(AccountEntity, { id, passwordHash: from }, { passwordHash: to })
  }

  /** Ends what was proven before; answers the new epoch, undefined when there is no such account. */
  async raiseEpoch(tx: EntityManager, id: UserId): Promise<number | undefined> {
    const [rows]: [{ epoch: number }[], number] = await tx.query('UPDATE accounts SET epoch = epoch + 1, updated_at = now() WHERE id = $1 RETURNING epoch', [id])
    return rows[0]?.epoch
  }
}
