import { Injectable } from '@nestjs/common'
import { type Principal, Problem, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { asOneTransaction, inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { AccountView } from '../accounts/account.js'
import { AccountsService, loginFailed } from '../accounts/accounts.service.js'
import { RevocationsService } from '../revocations/revocations.service.js'
import { type SignedTokens, TokensService } from '../tokens/tokens.service.js'
import { type Client, markOf } from '../limits/client.js'
import { Limits } from '../limits/limits.service.js'
import { newRefreshToken, refreshDigest } from './refresh-token.js'
import { SuccessorSealer } from './successor-sealer.js'
import { type Owned, type Proven, SessionsRepository } from './sessions.repository.js'

export interface SessionTokens extends SignedTokens { readonly refreshToken: string }
interface Renewed extends Owned { readonly refreshToken: string }

@Injectable()
export class SessionsService {
  constructor(private readonly source: DataSource, private readonly sessions: SessionsRepository, private readonly accounts: AccountsService,
    private readonly tokens: TokensService, private readonly revocations: RevocationsService, private readonly limits: Limits, private readonly sealer: SuccessorSealer) {}

  /** Throws LoginFailed when everything of the account was ended after it was proven. */
  async open(tx: EntityManager, proven: Proven): Promise<Renewed> {
    const sessionId = newId<SessionId>()
    const refreshToken = newRefreshToken()
    if (!await this.sessions.insert(tx, sessionId, proven, refreshDigest(refreshToken))) throw loginFailed()
    return { sessionId, userId: proven.id, refreshToken }
  }

  async issue(account: AccountView, { sessionId, refreshToken }: Renewed): Promise<SessionTokens> {
    return { ...await this.tokens.issue(account, sessionId), refreshToken }
  }

  /** Trades a refresh token for its successor. A token used twice by different clients was stolen by one: the session ends. */
  async renew(refreshToken: string, client: Client): Promise<SessionTokens> {
    const renewed = await asOneTransaction(this.source, async (tx) => await this.spend(tx, refreshToken, client) ?? await this.repeat(tx, refreshToken, client))
    const account = renewed && await this.accounts.find(renewed.userId)
    if (renewed && account?.active) return await this.issue(account, renewed)
    // A token is too long to be guessed, so that failures are counted and good ones never wait.
    await this.limits.take('refresh', client)
    throw loginFailed()
  }

  async logOut(caller: Principal): Promise<void> {
    const { kind, id } = caller.credential
    if (kind !== 'session') throw new Problem('Forbidden', 'An API key has no session to end; revoke the key instead.')
    await inTransaction(this.source, (tx) => this.end(tx, caller.userId, id))
  }

  /** Ends everything a user has proven so far: sessions, and every token and key answer from before the new epoch. */
  async endAllOf(tx: EntityManager, userId: UserId): Promise<void> {
    const epoch = await this.accounts.raiseEpoch(tx, userId)
    if (epoch === undefined) return
    await this.sessions.endAllOf(tx, userId)
    await this.revocations.raiseEpoch(tx, userId, epoch)
  }

  clean(): Promise<void> {
    return this.sessions.clean()
  }

  private async spend(tx: EntityManager, refreshToken: string, client: Client): Promise<Renewed | undefined> {
    const digest = refreshDigest(refreshToken)
    const successor = newRefreshToken()
    const owned = await this.sessions.spend(tx, digest, markOf(client), this.sealer.seal(successor, digest))
    if (!owned) return undefined
    await this.sessions.insertToken(tx, owned.sessionId, refreshDigest(successor))
    return { ...owned, refreshToken: successor }
  }

  private async repeat(tx: EntityManager, refreshToken: string, client: Client): Promise<Renewed | undefined> {
    const digest = refreshDigest(refreshToken)
    const spent = await this.sessions.findSpent(tx, digest)
    if (!spent) return undefined
    if (spent.recently && spent.usedBy.equals(markOf(client))) return { ...spent, refreshToken: this.sealer.open(spent.successor, digest) }
    // This is kept though the caller is refused: the problem is thrown after the commit.
    await this.end(tx, spent.userId, spent.sessionId)
    const account = await this.accounts.find(spent.userId)
    if (account) this.accounts.tellDeed(tx, { action: 'endStolenSession', orgId: account.orgId, userId: account.id, sessionId: spent.sessionId }, client)
    return undefined
  }

  private async end(tx: EntityManager, userId: UserId, sessionId: SessionId): Promise<void> {
    if (await this.sessions.end(tx, sessionId)) await this.revocations.endSession(tx, userId, sessionId)
  }
}
