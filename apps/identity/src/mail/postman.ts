import type { Logger } from '@tenantry/service'
import type { AccountsService } from '../accounts/accounts.service.js'
import type { AccountLinkKind } from '../links/link.entity.js'
import type { LinksService } from '../links/links.service.js'
import type { Letter } from './letter.entity.js'
import type { Letters } from './letters.js'
import { inviteMailOf, linkTo, mailOf } from './texts.js'
import type { Transport } from './transport.js'

const leaseSeconds = 60
const mostInAPass = 100
const waitSeconds = [2, 10, 60, 300, 1_800, 7_200] as const
/** About a day of trying. */
const mostAttempts = 16

export interface PostmanParts {
  readonly letters: Letters
  readonly accounts: AccountsService
  readonly links: LinksService
  readonly transport: Transport
  readonly publicUrl: string
  readonly logger: Logger
}

/**
 * Sends the letters that wait. Whether anybody has the address is looked up here and not where it was asked for, so that no answer
 * can tell. A link is made and kept before its mail goes out: a mail that is sent twice holds two links that work.
 */
export class Postman {
  private working: Promise<void> | undefined
  private again = false

  constructor(private readonly parts: PostmanParts) {
    parts.letters.wakes(() => { this.work().catch((error: unknown) => this.parts.logger.warn({ error }, 'mail could not be sent; it is tried again')) })
  }

  /** Sends what is due; a call during another one makes it look once more. */
  async work(): Promise<void> {
    this.again = true
    this.working ??= this.passes().finally(() => { this.working = undefined })
    await this.working
  }

  async stop(): Promise<void> {
    this.parts.letters.wakes(() => undefined)
    await this.working
    this.parts.transport.close()
  }

  private async passes(): Promise<void> {
    for (; this.again;) {
      this.again = false
      for (let sent = 0; sent < mostInAPass; sent++) if (!await this.next()) break
    }
  }

  private async next(): Promise<boolean> {
    const letter = await this.parts.letters.take(leaseSeconds)
    if (!letter) return false
    try {
      await this.deliver(letter)
      await this.parts.letters.done(letter.id)
    } catch (error) {
      await this.failed(letter, error)
    }
    return true
  }

  private async deliver({ kind, emailKey, about }: Letter): Promise<void> {
    if (kind !== 'invite') return await this.deliverToAccount(kind, emailKey)
    const { links, transport, publicUrl } = this.parts
    const token = about ? await links.mintInvite(emailKey, about) : undefined
    if (about && token !== undefined) await transport.send(inviteMailOf(about, linkTo(publicUrl, kind, token)))
  }

  private async deliverToAccount(kind: AccountLinkKind, emailKey: string): Promise<void> {
    const { accounts, links, transport, publicUrl } = this.parts
    const account = await accounts.findByEmail(emailKey)
    if (!account?.active || (kind === 'verify' && account.emailVerified)) return
    const token = await links.mint(kind, { userId: account.id, emailKey })
    if (token !== undefined) await transport.send(mailOf(kind, account.email, linkTo(publicUrl, kind, token)))
  }

  /** The address stays out of the log: whoever reads that need not know who has an account. */
  private async failed({ id, kind, attempts }: Letter, error: unknown): Promise<void> {
    const { letters, logger } = this.parts
    if (attempts >= mostAttempts) {
      logger.error({ error, letter: id, kind }, 'a mail could not be sent within a day; it is given up')
      return await letters.done(id)
    }
    logger.warn({ error, letter: id, kind, attempts }, 'a mail could not be sent; it is tried again')
    await letters.postpone(id, waitSeconds[Math.min(attempts, waitSeconds.length) - 1] ?? 7_200)
  }
}
