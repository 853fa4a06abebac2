import { randomUUID } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { type TokenClaims, type TokenUse, tokenAlgorithm, tokenAudience, tokenLifeSeconds, tokenTypes } from '@tenantry/auth'
import type { AccountFacts, OrgId, SessionId, UserId } from '@tenantry/contracts'
import { SignJWT } from 'jose'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { Keyring } from './keyring.js'

/** Whom a token speaks of. */
export interface TokenSubject extends AccountFacts {
  readonly id: UserId
  readonly orgId: OrgId
  readonly epoch: number
}

export interface SignedTokens {
  readonly idToken: string
  readonly accessToken: string
  readonly expiresInSeconds: number
}

/** Signs what identity knows about a caller. A token says who; what they may do is asked elsewhere. */
@Injectable()
export class TokensService {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'publicUrl'>, private readonly keyring: Keyring) {}

  async issue(account: TokenSubject, sessionId: SessionId, now = new Date()): Promise<SignedTokens> {
    const sign = (use: TokenUse): Promise<string> => this.sign(claimsOf(this.config.publicUrl, account, sessionId, use, now), now)
    const [idToken, accessToken] = await Promise.all([sign('id'), sign('access')])
    return { idToken, accessToken, expiresInSeconds: tokenLifeSeconds }
  }

  private sign(claims: TokenClaims, now: Date): Promise<string> {
    const { kid, privateKey } = this.keyring.current(now)
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: tokenAlgorithm, kid, typ: tokenTypes[claims.token_use] }).sign(privateKey)
  }
}

const claimsOf = (issuer: string, account: TokenSubject, sessionId: SessionId, use: TokenUse, now: Date): TokenClaims => {
  const iat = Math.floor(now.getTime() / 1000)
  return {
    iss: issuer, aud: tokenAudience, sub: account.id, org_id: account.orgId, sid: sessionId, epoch: account.epoch, token_use: use,
    jti: randomUUID(), iat, exp: iat + tokenLifeSeconds, email: account.email, given_name: account.firstname, family_name: account.lastname,
    founder: account.founder, org_name: account.orgName, server_admin: account.serverAdmin,
    ...(account.inviteId !== undefined && { invite_id: account.inviteId }),
  }
}
