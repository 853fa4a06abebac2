import { createHmac, randomBytes } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { type InviteId, Problem, type UserId } from '@tenantry/contracts'
import { deriveKey } from '@tenantry/secrets'
import { DataSource, type EntityManager } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import type { AccountLinkKind, InviteFacts } from './link.entity.js'

const tokenBytes = 32
const minute = 60
const lifeSeconds: Readonly<Record<AccountLinkKind, number>> = { reset: 60 * minute, verify: 7 * 24 * 60 * minute }
/** So many of a kind an hour for one account: who asks for more finds the ones that were sent. */
const mostInAnHour = 5
/** Of the invites of all orgs, for one address. */
const mostInvitesInAnHour = 20
const keptDays = 30
const together = 5_000

/** Whom a link was made for. */
export interface Linked {
  readonly userId: UserId
  readonly emailKey: string
}

/** Whom an invite was sent to. */
export interface Invited {
  readonly emailKey: string
  readonly about: InviteFacts
}

/** Links that work once and for a while. A stolen table is worth nothing: tokens are kept as digests under the pepper. */
@Injectable()
export class LinksService {
  private readonly key: Buffer

  constructor(@Inject(CONFIG) config: Pick<IdentityConfig, 'pepper'>, private readonly source: DataSource) {
    this.key = deriveKey(config.pepper, 'identity/links')
  }

  /** A new token, which is not kept; undefined when the account was sent enough of them for now. */
  async mint(kind: AccountLinkKind, { userId, emailKey }: Linked): Promise<string | undefined> {
    const token = randomBytes(tokenBytes).toString('base64url')
    const rows: unknown[] = await this.source.query(
      `INSERT INTO links (digest, kind, user_id, email_key, expires_at)
       SELECT $1, $2, a.id, $4, now() + make_interval(secs => $5) FROM accounts a WHERE a.id = $3 AND a.ended_at IS NULL
         AND (SELECT count(*) FROM links WHERE user_id = $3 AND kind = $2 AND created_at > now() - interval '1 hour') < $6 FOR SHARE OF a RETURNING 1`,
      [this.digest(token), kind, userId, emailKey, lifeSeconds[kind], mostInAnHour])
    return rows.length > 0 ? token : undefined
  }

  /** The same for whoever reads the mail at an address that was invited; it lasts as long as the invite. */
  async mintInvite(emailKey: string, about: InviteFacts): Promise<string | undefined> {
    const token = randomBytes(tokenBytes).toString('base64url')
    const rows: unknown[] = await this.source.query(
      `INSERT INTO links (digest, kind, email_key, about, expires_at) SELECT $1, 'invite', $2, $3, $4 WHERE $4 > now()
         AND (SELECT count(*) FROM links WHERE kind = 'invite' AND about->>'inviteId' = $3::jsonb->>'inviteId' AND created_at > now() - interval '1 hour') < $5
         AND (SELECT count(*) FROM links WHERE kind = 'invite' AND email_key = $2 AND created_at > now() - interval '1 hour') < $6 RETURNING 1`,
      [this.digest(token), emailKey, JSON.stringify(about), about.expiresAt, mostInAnHour, mostInvitesInAnHour])
    return rows.length > 0 ? token : undefined
  }

  /** Whom the token was made for, if it could be spent now. Throws LinkNotValid. */
  async peek(kind: AccountLinkKind, token: string): Promise<Linked> {
    return valid(await this.source.query(
      'SELECT user_id AS "userId", email_key AS "emailKey" FROM links WHERE digest = $1 AND kind = $2 AND used_at IS NULL AND expires_at > now()', [this.digest(token), kind]))
  }

  /** Spends the token, and with it every other one of its kind that the account holds. Throws LinkNotValid. */
  async spend(tx: EntityManager, kind: AccountLinkKind, token: string): Promise<Linked> {
    const [rows]: [Linked[], number] = await tx.query(
      `UPDATE links SET used_at = now() WHERE digest = $1 AND kind = $2 AND used_at IS NULL AND expires_at > now() RETURNING user_id AS "userId", email_key AS "emailKey"`,
      [this.digest(token), kind])
    const linked = valid(rows)
    await tx.query('UPDATE links SET used_at = now() WHERE user_id = $1 AND kind = $2 AND used_at IS NULL', [linked.userId, kind])
    return linked
  }

  /** The invite that the token is for, if it could be spent now. Throws LinkNotValid. */
  async peekInvite(token: string): Promise<Invited> {
    return valid(await this.source.query(
      `SELECT email_key AS "emailKey", about FROM links WHERE digest = $1 AND kind = 'invite' AND used_at IS NULL AND expires_at > now()`, [this.digest(token)]))
  }

  /** Spends the token, and with it every other one of the same invite. Throws LinkNotValid. */
  async spendInvite(tx: EntityManager, token: string): Promise<Invited> {
    const [rows]: [Invited[], number] = await tx.query(
      `UPDATE links SET used_at = now() WHERE digest = $1 AND kind = 'invite' AND used_at IS NULL AND expires_at > now() RETURNING email_key AS "emailKey", about`, [this.digest(token)])
    const invited = valid(rows)
    await this.voidInvite(tx, invited.about.inviteId)
    return invited
  }

  /** The links of an invite lead nowhere any more. */
  async voidInvite(tx: EntityManager, id: InviteId): Promise<void> {
    await tx.query(`UPDATE links SET used_at = now() WHERE kind = 'invite' AND about->>'inviteId' = $1 AND used_at IS NULL`, [id])
  }

  async clean(): Promise<void> {
    await this.source.query(
      'DELETE FROM links WHERE digest IN (SELECT digest FROM links WHERE expires_at < now() - make_interval(days => $1) ORDER BY expires_at LIMIT $2)', [keptDays, together])
  }

  private digest(token: string): Buffer {
    return createHmac('sha256', this.key).update(token).digest()
  }
}

const valid = <T>(rows: readonly T[]): T => {
  const [linked] = rows
  // One sentence for every reason: a stranger learns nothing from trying.
  if (!linked) throw new Problem('LinkNotValid', 'This link is wrong, was used already or is too old; ask for a new one.')
  return linked
}
