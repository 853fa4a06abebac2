import { Injectable } from '@nestjs/common'
import { type InviteId, type OrgId, Problem, type UserId, emailKey, newId, readEmail } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import type { Client } from '../limits/client.js'
import type { AccountView } from './account.js'
import { AccountsRepository, type KnownAccount, type Move } from './accounts.repository.js'
import { type OwnDeed, ownDeedEntry } from './own-deed.js'
import { Passwords } from './passwords.js'
import type { Standing } from './standing.entity.js'

export interface NewAccount extends Omit<AccountView, 'epoch' | 'active'> { readonly passwordHash: string }

@Injectable()
export class AccountsService {
  constructor(private readonly accounts: AccountsRepository, private readonly passwords: Passwords, private readonly outbox: Outbox) {}

  /** The account as it stands in an org: its own unless another one is named. */
  find(id: UserId, orgId?: OrgId): Promise<AccountView | undefined> {
    return this.accounts.find(id, orgId)
  }

  /** The account with what proves it. */
  findWhole(id: UserId): Promise<KnownAccount | undefined> {
    return this.accounts.find(id)
  }

  /** The account of an address as it is compared. */
  findByEmail(key: string): Promise<KnownAccount | undefined> {
    return this.accounts.findByEmailKey(key)
  }

  /** False when the account has another address now. */
  setPassword(tx: EntityManager, { userId, emailKey: key }: { readonly userId: UserId; readonly emailKey: string }, passwordHash: string): Promise<boolean> {
    return this.accounts.setPassword(tx, userId, key, passwordHash)
  }

  /** Notes that the address is proven, if it still is the account's. */
  noteVerified(tx: EntityManager, { userId, emailKey: key }: { readonly userId: UserId; readonly emailKey: string }): Promise<void> {
    return this.accounts.noteVerified(tx, userId, key)
  }

  /** The account behind an address and a password. Throws LoginFailed, after the same work, whatever is wrong with them. */
  async prove(email: string, password: string): Promise<AccountView> {
    const account = isAddress(email) ? await this.accounts.findByEmailKey(emailKey(email)) : undefined
    const { matches, stronger } = await this.passwords.check(password, account?.passwordHash)
    if (!account?.active || !matches) throw loginFailed()
    if (stronger) await this.accounts.strengthen(account.id, account.passwordHash, stronger)
    return account
  }

  /** Whether the account about to be made is the first one of all. Within the transaction no other one can be. */
  nextIsFirst(tx: EntityManager): Promise<boolean> {
    return this.accounts.isEmpty(tx)
  }

  /** Writes the account and tells of it, or neither. Throws EmailTaken. */
  async register(tx: EntityManager, account: NewAccount): Promise<void> {
    await this.accounts.insert(tx, { ...account, emailKey: emailKey(account.email) })
    const { id: userId, orgId, email, firstname, lastname, orgName, serverAdmin } = account
    this.outbox.append(tx, 'identity.account.registered', { userId, orgId, email, firstname, lastname, orgName, serverAdmin })
  }

  /** Writes the account of somebody who accepts an invite, which proves their address, and tells of it. Throws EmailTaken. */
  async registerInvited(tx: EntityManager, account: NewAccount & { readonly inviteId: InviteId }): Promise<void> {
    await this.accounts.insert(tx, { ...account, emailKey: emailKey(account.email), emailVerifiedAt: new Date() })
    this.tellAccepted(tx, account, account, { hadAccount: false, isHome: true })
  }

  /** Tells that somebody has accepted an invite. */
  tellAccepted(tx: EntityManager, account: Omit<NewAccount, 'passwordHash'>, { inviteId, orgId }: { readonly inviteId: InviteId; readonly orgId: OrgId }, how: { readonly hadAccount: boolean; readonly isHome: boolean }): void {
    const { id: userId, email, firstname, lastname, serverAdmin } = account
    this.outbox.append(tx, 'identity.invite.accepted', { inviteId, orgId, userId, email, firstname, lastname, serverAdmin, ...how })
  }

  /** The account's tokens name another org from now on; false when it was moved later than that already. */
  move(tx: EntityManager, id: UserId, to: Move): Promise<boolean> {
    return this.accounts.move(tx, id, to)
  }

  /** Also one that is gone: its id stays taken. */
  exists(tx: EntityManager, id: UserId): Promise<boolean> {
    return this.accounts.exists(tx, id)
  }

  /** Tells who writes deeds down, in the transaction of this one. */
  tellDeed(tx: EntityManager, deed: OwnDeed, client: Client): void {
    this.outbox.append(tx, 'identity.deed.done', { orgId: deed.orgId, entry: ownDeedEntry(deed, client) })
  }

  /** Whether the account is there; when true, it does not end until the transaction does. */
  hold(tx: EntityManager, id: UserId): Promise<boolean> {
    return this.accounts.hold(tx, id)
  }

  /** Whether the account's tokens name this org. */
  isOf(tx: EntityManager, id: UserId, orgId: OrgId): Promise<boolean> {
    return this.accounts.isOf(tx, id, orgId)
  }

  /** Remembers what the control plane says of a membership; false when something newer was said before. */
  noteStanding(tx: EntityManager, standing: Standing): Promise<boolean> {
    return this.accounts.noteStanding(tx, standing)
  }

  /** An account whose own org is gone founds an empty one, as at its sign-up, so that its owner can log in. */
  async rehome(tx: EntityManager, userId: UserId, gone: OrgId): Promise<void> {
    const home = await this.accounts.rehome(tx, userId, gone, newId<OrgId>())
    if (home) this.outbox.append(tx, 'identity.account.registered', { userId, ...home })
  }

  /** Says whether an account administrates the server, and tells of it when that is new. */
  async setAdmin(tx: EntityManager, userId: UserId, serverAdmin: boolean): Promise<void> {
    const version = await this.accounts.setAdmin(tx, userId, serverAdmin)
    if (version !== undefined) this.outbox.append(tx, 'identity.account.admin-set', { userId, serverAdmin, version })
  }

  raiseEpoch(tx: EntityManager, id: UserId): Promise<number | undefined> {
    return this.accounts.raiseEpoch(tx, id)
  }
}

const isAddress = (text: string): boolean => {
  try {
    readEmail(text)
    return true
  } catch {
    return false
  }
}

export const loginFailed = (): Problem => new Problem('LoginFailed', 'Incorrect username or password.')
